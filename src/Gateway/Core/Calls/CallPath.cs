using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Bridge;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>What a caller gets: the server's answer (dispose it), or a refusal.</summary>
public readonly record struct CallOutcome(UpstreamAnswer? Answer, CallRefusal? Refusal) : IDisposable
{
    public void Dispose() => Answer?.Dispose();
}

/// <summary>Bounds of every call.</summary>
/// <param name="MaxStaleness">How long a policy rules that its service could not confirm. 15 min: an upgrade of the control plane, with room.</param>
/// <param name="MaxResponseBytes">Largest answer passed on. 10 MiB.</param>
public sealed record CallLimits(TimeSpan MaxStaleness, int MaxResponseBytes)
{
    public static CallLimits Default { get; } = new(TimeSpan.FromMinutes(15), 10 << 20);
}

/// <summary>
/// The way of a request to a server: resolve and decide → what is kept → rates → a place → attempts → shape → record. The key's rate was taken before, since it bounds every request and
/// what the steps here cost. A new concern is one more step in <see cref="Run"/>.
/// </summary>
/// <param name="cached">Null: nothing is kept.</param>
public sealed class CallPath(GatewayStateStore store, CallLimiter limiter, InputBridge bridge, CallRecorder recorder, CallLimits limits, TimeProvider time, CachedCalls? cached = null)
{
    /// <summary>
    /// Runs a call to its end. The record is on disk when this returns. Throws <see cref="OperationCanceledException"/> when the caller cancelled; that is
    /// recorded as well.
    /// </summary>
    public ValueTask<CallOutcome> Run(ToolCall call, CancellationToken cancellationToken) => Run(call, isAdmitted: false, cancellationToken);

    private async ValueTask<CallOutcome> Run(ToolCall call, bool isAdmitted, CancellationToken cancellationToken)
    {
        using var span = CallSpan.Start(call.Method, call.Message.Meta);
        var refusal = isAdmitted ? null : Admit(call);
        if (refusal is null && !isAdmitted && cached?.Of(call) is { } cacheable)
        {
            return await Keep(call, cacheable, cancellationToken);
        }

        refusal ??= limiter.Take(call);
        if (refusal is { ForwardTo: not null })
        {
            call.End = new CallEnd(refusal.Status, refusal.Code);
            return new CallOutcome(null, refusal);
        }

        if (refusal is not null)
        {
            return await Refuse(call, refusal, secrets: null);
        }

        span?.SetTag(call.Tool is null ? "mcp.target" : "gen_ai.tool.name", call.Target).SetTag("mcpp.server", call.Route!.Slug).SetTag("mcpp.set", call.Set?.Slug);
        AttemptOutcome<UpstreamAnswer> outcome = default;
        CallPlaces places = default;
        try
        {
            var entering = limiter.Enter(call, cancellationToken);
            if (!entering.IsCompletedSuccessfully)
            {
                call.Times.Enter(CallStage.Queue, time.GetTimestamp());
            }

            places = await entering;
            refusal = places.Refusal ?? bridge.Claim(call);
            if (refusal is null)
            {
                call.Times.Enter(CallStage.Upstream, time.GetTimestamp());
                outcome = await Try(call, cancellationToken);
                call.Times.Enter(CallStage.Shape, time.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && call.IsStopped)
        {
            return await Refuse(call, CallRefusal.Stopping, call.Secrets);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await recorder.Append(call, CallEnd.Cancelled, default, null);
            throw;
        }
        finally
        {
            places.Dispose();
        }

        return refusal is not null ? await Refuse(call, refusal, secrets: null)
            : outcome.Failure is { } failure
            ? await Refuse(call, CallRefusal.Upstream(failure), call.Secrets)
            : await Finish(call, outcome.Answer!, call.Secrets);
    }

    /// <summary>A request whose answer may be kept, or be another's as well. What is decided for the caller is decided before.</summary>
    private async ValueTask<CallOutcome> Keep(ToolCall call, Cacheable cacheable, CancellationToken cancellationToken)
    {
        FlightEnd? end;
        try
        {
            call.Times.Enter(CallStage.Upstream, time.GetTimestamp());
            end = await cached!.Run(call, cacheable, Fly, cancellationToken);
            call.Times.Enter(CallStage.Shape, time.GetTimestamp());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && call.IsStopped)
        {
            return await Refuse(call, CallRefusal.Stopping, call.Secrets);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await recorder.Append(call, CallEnd.Cancelled, default, null);
            throw;
        }

        return end switch
        {
            { Result: { } result } => await Finish(call, CachedCalls.Answer(call, result), secrets: null),
            { Answer: { } answer } => await Finish(call, answer, call.Secrets),
            { Failure: { } failure } => await Refuse(call, CallRefusal.Upstream(failure), call.Secrets),
            { Refusal: { } refusal } => await Refuse(call, refusal, secrets: null),
            _ => await Run(call, isAdmitted: true, cancellationToken),
        };
    }

    /// <summary>To the server and back, for all that wait for the same.</summary>
    private async ValueTask<FlightEnd> Fly(ToolCall call, CancellationToken cancellationToken)
    {
        if (limiter.Take(call) is { } limited)
        {
            return new FlightEnd(Refusal: limited) { Tightest = call.Tightest };
        }

        using var places = await limiter.Enter(call, cancellationToken);
        if (places.Refusal is { } crowded)
        {
            return new FlightEnd(Refusal: crowded);
        }

        var outcome = await Try(call, cancellationToken);
        return new FlightEnd(Answer: outcome.Answer, Failure: outcome.Failure) { Secrets = call.Secrets, Tightest = call.Tightest };
    }

    private CallRefusal? Admit(ToolCall call)
    {
        if (store.PolicyAge(call.State) > limits.MaxStaleness)
        {
            return CallRefusal.PolicyStale;
        }

        return Access.Decide(call) ?? (call.Route!.RequiresAudit && !recorder.Accepts ? CallRefusal.AuditUnavailable : bridge.Resume(call));
    }

    private async ValueTask<AttemptOutcome<UpstreamAnswer>> Try(ToolCall call, CancellationToken cancellationToken)
    {
        if (Edits(call) is not { } edits)
        {
            return await bridge.Run(call, call.Message.Params, cancellationToken);
        }

        using var parameters = new PooledBuffer(call.Message.Params.Length + call.Target!.Length);
        JsonSplice.Write(call.Message.Params.Span, edits, parameters);
        return await bridge.Run(call, parameters.Written, cancellationToken);
    }

    /// <summary>What of the parameters the server is to see otherwise; null: nothing.</summary>
    private static IReadOnlyList<MemberEdit>? Edits(ToolCall call) =>
        call is not { Client: { Era: ProtocolEra.Legacy } client, Route: { Legacy: null, Modern: not null } } ? call.OwnParams
        : call.OwnParams is { } own ? [.. own, .. client.ModernParams]
        : client.ModernParams;

    /// <summary>Checks what the server sent, records it, and lets it through.</summary>
    private async ValueTask<CallOutcome> Finish(ToolCall call, UpstreamAnswer answer, KnownSecrets? secrets)
    {
        if (Shape(answer) is { } misshapen)
        {
            answer.Dispose();
            return await Refuse(call, CallRefusal.Upstream(new AttemptFailure(misshapen, StopReason.Permanent, 1)), secrets);
        }

        var end = answer.IsError ? CallEnd.RpcError : call.Tool is not null && IsToolError(answer) ? CallEnd.ToolError : CallEnd.Ok;
        if (!await recorder.Append(call, end, answer.Payload, secrets) && call.Route!.RequiresAudit)
        {
            answer.Dispose();
            var refusal = CallRefusal.AuditUnavailable;
            call.End = new CallEnd(refusal.Status, refusal.Code);
            return new CallOutcome(null, refusal);
        }

        if (secrets is { HasCredentials: true })
        {
            call.Times.Enter(CallStage.Shape, time.GetTimestamp());
            secrets.Conceal(answer.Payload);
        }

        return new CallOutcome(answer, null);
    }

    private CallFailure? Shape(UpstreamAnswer answer) =>
        answer.Payload.Length > limits.MaxResponseBytes ? new CallFailure(FailureKind.TooLarge, true, $"The server's answer is larger than {limits.MaxResponseBytes} bytes.")
        : !JsonMembers.IsObject(answer.Payload.Span) ? new CallFailure(FailureKind.Protocol, true, "The server's answer is no object.")
        : null;

    private static bool IsToolError(UpstreamAnswer answer) => JsonMembers.Find(answer.Payload, "isError"u8).Span.SequenceEqual("true"u8);

    private async ValueTask<CallOutcome> Refuse(ToolCall call, CallRefusal refusal, KnownSecrets? secrets)
    {
        await recorder.Append(call, new CallEnd(refusal.Status, refusal.Code), default, secrets);
        return new CallOutcome(null, refusal);
    }
}
