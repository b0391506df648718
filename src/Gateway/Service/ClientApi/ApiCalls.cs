using System.Runtime.InteropServices;
using System.Text.Json;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Hosting.Draining;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>A tool's call that did not come as a message of the protocol: it is made one, and goes the way of all calls.</summary>
internal sealed class ApiCalls(CallPath calls, TimeProvider time)
{
    /// <summary>Where what callers say beside the arguments travels to servers.</summary>
    public const string ContextKey = "com.mcpplatform/context";

    /// <summary>4 KiB: it goes with the request, and no schema of the server's bounds it.</summary>
    public const int MaxContextBytes = 4096;

    /// <summary>Checks what callers say beside the arguments; null: it may go.</summary>
    public static Error? Check(JsonElement? arguments, JsonElement? context)
    {
        var details = new List<ErrorDetail>(2);
        if (arguments is not (null or { ValueKind: JsonValueKind.Object }))
        {
            details.Add(new ErrorDetail("arguments", "must be an object"));
        }

        if (context is { } said && (said.ValueKind != JsonValueKind.Object || JsonMarshal.GetRawUtf8Value(said).Length > MaxContextBytes))
        {
            details.Add(new ErrorDetail("context", $"must be an object of at most {MaxContextBytes} bytes"));
        }

        return details.Count == 0 ? null : Error.Invalid("request.invalid", "The request breaks a rule; see details for each field.", details);
    }

    /// <summary>Raw bytes of an optional object; empty = none.</summary>
    public static ReadOnlyMemory<byte> Raw(JsonElement? value) => value is { } given ? JsonMarshal.GetRawUtf8Value(given).ToArray() : default;

    /// <summary>The message of a call; null and why when it cannot be one (too deep).</summary>
    public static Envelope? Message(string tool, ReadOnlyMemory<byte> arguments, ReadOnlyMemory<byte> context, bool wantsProgress, out Error? error)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(arguments.Length + context.Length + 256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WriteNumber("id"u8, 1);
            json.WriteString("method"u8, McpMethods.CallTool);
            json.WriteStartObject("params"u8);
            json.WriteString("name"u8, tool);
            json.WritePropertyName("arguments"u8);
            json.WriteRawValue(arguments.IsEmpty ? "{}"u8 : arguments.Span, skipInputValidation: true);
            if (wantsProgress || !context.IsEmpty)
            {
                json.WriteStartObject("_meta"u8);
                if (wantsProgress)
                {
                    json.WriteNumber(MetaKeys.ProgressToken, 1);
                }

                if (!context.IsEmpty)
                {
                    json.WritePropertyName(ContextKey);
                    json.WriteRawValue(context.Span, skipInputValidation: true);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        var parsed = EnvelopeParser.Parse(output.WrittenMemory);
        error = parsed.Envelope is null ? Error.Invalid("request.json", parsed.Error!.Message) : null;
        return parsed.Envelope;
    }

    /// <summary>Makes the call of a tool by its server's own name, or of an aggregated name where <paramref name="server"/> is null.</summary>
    /// <param name="session">The live client whose call it is; null = nobody's in particular.</param>
    public ToolCall Call(
        HttpContext http, string? server, Envelope message, RequestTimers timers, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onNotification, GatewaySession? session = null, ProtocolEra? era = null,
        int maxAttempts = int.MaxValue, ToolSetRoute? set = null)
    {
        var request = Of(http);
        return new ToolCall
        {
            State = request.State,
            Caller = request.Caller,
            Credential = request.Credential,
            Server = server,
            Message = message,
            ProtocolVersion = era == ProtocolEra.Modern ? ProtocolVersion.July2026 : ProtocolVersion.LatestLegacy,
            RequestId = request.RequestId,
            Address = http.Connection.RemoteIpAddress,
            StartedAt = time.GetUtcNow(),
            StartedTimestamp = time.GetTimestamp(),
            Timers = timers,
            Gone = Drain.CallerOf(http),
            GoneOrStopped = http.RequestAborted,
            Session = session?.Session.Info.Id,
            SessionEnded = session?.Session.Ended ?? CancellationToken.None,
            Client = session?.Client,
            OnNotification = onNotification,
            MaxAttempts = maxAttempts,
            Set = set,
        };
    }

    /// <summary>Runs it by the way of all calls, and measures it.</summary>
    public async ValueTask<CallOutcome> Run(HttpContext http, ToolCall call, CancellationToken cancellationToken)
    {
        var request = Of(http);
        call.Times = request.Begin(time.GetTimestamp());
        try
        {
            var outcome = await calls.Run(call, cancellationToken);
            call.Times.Enter(CallStage.Write, time.GetTimestamp());
            if (call.Tightest is { } tightest && tightest.Left < request.KeyLeft)
            {
                LimitHeaders.Set(http, tightest);
            }

            return outcome;
        }
        finally
        {
            var now = time.GetTimestamp();
            request.Answered(now);
            GatewayMetrics.CallEnded(call, now);
        }
    }

    /// <summary>The request as it was admitted.</summary>
    public static GatewayRequest Of(HttpContext http) => http.Features.Get<GatewayRequest>() ?? throw new InvalidOperationException("A request got here without its caller.");

    /// <summary>Why there is no result, and when to come back; null: there is one.</summary>
    public static Error? ErrorOf(HttpContext http, in CallOutcome outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            Drain.Ended(http);
            GatewayServer.SetRetryAfter(http, refusal.RetryAfter);
            return ApiRefusals.Of(refusal);
        }

        return outcome.Answer is { IsError: true } answered ? ApiRefusals.OfServer(answered.Payload) : null;
    }
}
