using System.Security.Cryptography;
using System.Text.Json;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Catalog;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Bridge;

/// <summary>
/// Servers that need something of the client in the middle of a request, whatever the eras of the two: a legacy client is asked down its stream, a modern one by a result and the next
/// request. Requests that need nothing pass straight through.
/// </summary>
/// <param name="owner">Who this process is among the gateways, and</param>
/// <param name="address">how they reach it; empty = they cannot.</param>
/// <param name="refresh">Null: a definition that a server has changed stays as it was known.</param>
public sealed class InputBridge(ToolAttempts attempts, HeldCalls held, IRequestStates states, Guid owner = default, string address = "", ICatalogRefresh? refresh = null)
{
    /// <summary>A server that asks more often than this in one request asks in circles.</summary>
    private const int MostRounds = 16;

    private const string TooManyRounds = "The server asked for input again and again.";

    /// <summary>Opens what a modern client carries from its last round: it may have to go on elsewhere. Null: go on here.</summary>
    internal CallRefusal? Resume(ToolCall call)
    {
        if (!call.ProtocolVersion.IsModern || call.Message.Param("requestState"u8) is not { IsEmpty: false } raw)
        {
            return null;
        }

        call.Resumed = JsonMembers.Text(raw) is { } text ? states.Open(text, Binding(call)) : null;
        if (call.Resumed is { Address.Length: > 0 } elsewhere && elsewhere.Owner != owner && elsewhere.Held != Guid.Empty)
        {
            return CallRefusal.HeldElsewhere(elsewhere.Address);
        }

        return call.Resumed is null ? CallRefusal.StateUnusable : null;
    }

    /// <summary>Takes the call that waits for this round, once nothing more can refuse it: until then it waits on, and the client may try again. Null: go on.</summary>
    internal CallRefusal? Claim(ToolCall call) =>
        call.Resumed is { } resumed && resumed.Held != Guid.Empty && (call.Held = held.Take(resumed.Held)) is null ? CallRefusal.StateUnusable : null;

    /// <summary>Runs a request whose server is known. Throws <see cref="OperationCanceledException"/> only when the caller cancelled.</summary>
    /// <param name="parameters">As the server is to see them.</param>
    internal async ValueTask<AttemptOutcome<UpstreamAnswer>> Run(ToolCall call, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        if (call.Held is { } waiting)
        {
            waiting.Enter(call.OnNotification, call.Message.Meta.ProgressToken);
            waiting.Answer(call.Message.Param("inputResponses"u8));
            return await Round(call, waiting, cancellationToken);
        }

        if (MustHold(call))
        {
            return await Round(call, Begin(call, parameters), cancellationToken);
        }

        if (call.Resumed is not { } resumed)
        {
            return await Finish(call, parameters, await attempts.Run(call, parameters, cancellationToken), cancellationToken);
        }

        using var own = new PooledBuffer(parameters.Length);
        JsonSplice.Write(parameters.Span, InputRequired.Again(resumed.Upstream, default), own);
        return await Finish(call, own.Written, await attempts.Run(call, own.Written, cancellationToken), cancellationToken);
    }

    /// <summary>A modern client that can be asked, at a server that asks in the legacy way.</summary>
    private static bool MustHold(ToolCall call) =>
        call.ProtocolVersion.IsModern && call.Route is { Modern: null, Legacy: not null }
        && call.Method is McpMethods.CallTool or McpMethods.GetPrompt or McpMethods.ReadResource && InputRequired.CanBeAsked(call.Message.Meta.ClientCapabilities);

    private ValueTask<AttemptOutcome<UpstreamAnswer>> Finish(ToolCall call, ReadOnlyMemory<byte> parameters, AttemptOutcome<UpstreamAnswer> outcome, CancellationToken cancellationToken) =>
        outcome.Answer is { IsError: true, ErrorCode: ErrorCodes.HeaderMismatch } refused && refresh is not null && call.Tool is { } tool ? Again(call, tool, parameters, refused, refresh, cancellationToken)
        : outcome.Answer is not { IsError: false } answer || !InputRequired.Is(answer.Payload) ? new(outcome)
        : call.ProtocolVersion.IsModern ? new(Carried(call, answer))
        : Rounds(call, parameters, answer, cancellationToken);

    /// <summary>The server mirrors other arguments than were known (2026-07-28: refresh its list, then try again). It refused before it did anything, so that once more does no harm.</summary>
    private async ValueTask<AttemptOutcome<UpstreamAnswer>> Again(
        ToolCall call, ToolRoute known, ReadOnlyMemory<byte> parameters, UpstreamAnswer refused, ICatalogRefresh catalog, CancellationToken cancellationToken)
    {
        if (await catalog.Refresh(known, cancellationToken) is not { } current)
        {
            return new(refused, null);
        }

        refused.Dispose();
        call.Tool = current;
        var outcome = await attempts.Run(call, parameters, cancellationToken);
        return outcome.Answer is { IsError: true } ? outcome : await Finish(call, parameters, outcome, cancellationToken);
    }

    /// <summary>The modern client gets the server's question as it is; its state is bound to the caller on the way.</summary>
    private AttemptOutcome<UpstreamAnswer> Carried(ToolCall call, UpstreamAnswer answer)
    {
        var state = InputRequired.StateOf(answer.Payload);
        if (state.IsEmpty)
        {
            return new(answer, null);
        }

        using (answer)
        {
            return new(new UpstreamAnswer(InputRequired.WithState(answer.Payload, states.Seal(new RequestState(state.ToArray()), Binding(call)))), null);
        }
    }

    /// <summary>A legacy client at a modern server: its questions are asked one by one, then the request is sent again with the answers.</summary>
    private async ValueTask<AttemptOutcome<UpstreamAnswer>> Rounds(ToolCall call, ReadOnlyMemory<byte> parameters, UpstreamAnswer answer, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            using var again = new PooledBuffer(parameters.Length + 512);
            using (answer)
            {
                using var responses = new PooledBuffer();
                if (await Collect(call, answer.Payload, responses, cancellationToken) is { } refused)
                {
                    return new(null, refused);
                }

                JsonSplice.Write(parameters.Span, InputRequired.Again(InputRequired.StateOf(answer.Payload), responses.Written), again);
            }

            var outcome = await attempts.Run(call, again.Written, cancellationToken);
            if (outcome.Answer is not { IsError: false } next || !InputRequired.Is(next.Payload))
            {
                return outcome;
            }

            answer = next;
        }

        answer.Dispose();
        return Failed(TooManyRounds);
    }

    /// <summary>Writes the client's answers as one object. Not null: the client cannot be asked, or refused to be.</summary>
    private static async ValueTask<AttemptFailure?> Collect(ToolCall call, ReadOnlyMemory<byte> result, PooledBuffer responses, CancellationToken cancellationToken)
    {
        responses.Write("{"u8);
        var isFirst = true;
        foreach (var (key, request) in InputRequired.Requests(result))
        {
            var method = JsonMembers.Text(JsonMembers.Find(request, "method"u8));
            if (call.Ask is not { } ask || call.Client is not { } client || !InputRequired.Has(client.Capabilities, method))
            {
                return Failed("The server asks for input that this client cannot give.").Failure;
            }

            using var answer = await ask(method!, JsonMembers.Find(request, "params"u8), cancellationToken);
            if (answer.IsError)
            {
                return Failed("The server asked for input, and the client refused to give it.").Failure;
            }

            responses.Write(isFirst ? default : ","u8);
            responses.Write(JsonMembers.Quote(key).Span);
            responses.Write(":"u8);
            responses.Write(answer.Payload.Span);
            isFirst = false;
        }

        responses.Write("}"u8);
        return null;
    }

    /// <summary>What runs outlives the request: it has copies of everything.</summary>
    private HeldCall Begin(ToolCall call, ReadOnlyMemory<byte> parameters)
    {
        var (kept, copy) = (new HeldCall(), parameters.ToArray());
        var own = call.Detach(kept);
        kept.Enter(call.OnNotification, call.Message.Meta.ProgressToken);
        kept.Start(token => attempts.Run(own, copy, token));
        return kept;
    }

    private async ValueTask<AttemptOutcome<UpstreamAnswer>> Round(ToolCall call, HeldCall waiting, CancellationToken cancellationToken)
    {
        if (await waiting.Next(call.OnNotification, call.Message.Meta.ProgressToken, cancellationToken) is { } over)
        {
            await waiting.DisposeAsync();
            return over;
        }

        var question = InputRequired.Write(waiting.Open, states.Seal(new RequestState(default, waiting.Id, owner, address), Binding(call)));
        held.Park(waiting, call.Caller.TenantId, call.Caller.Subject);
        return new(new UpstreamAnswer(question), null);
    }

    private static StateBinding Binding(ToolCall call) =>
        new(call.Caller.TenantId, call.Caller.Subject, call.Route!.Slug, call.Method, call.Target!, Digest(call.Message.Param("arguments"u8)));

    /// <summary>The same for arguments that mean the same: clients may write them anew for each round.</summary>
    private static string Digest(ReadOnlyMemory<byte> arguments)
    {
        if (arguments.IsEmpty)
        {
            return "";
        }

        try
        {
            return CanonicalJson.Hash(JsonElement.Parse(arguments.Span));
        }
        catch (JsonException)
        {
            // Too deep, or half a surrogate pair: it has no canonical form, and its bytes will do.
            return Convert.ToHexStringLower(SHA256.HashData(arguments.Span));
        }
    }

    private static AttemptOutcome<UpstreamAnswer> Failed(string message) =>
        new(null, new AttemptFailure(new CallFailure(FailureKind.Protocol, true, message), StopReason.Permanent, 1));
}
