using System.Diagnostics;
using McpPlatform.Contracts;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.Calls;

/// <summary>Turns a finished call into its record, redacted, and sees it to the disk before the answer goes out.</summary>
public sealed class CallRecorder(CallSpool spool, TimeProvider time)
{
    /// <summary>Whether a record written now would be kept.</summary>
    public bool Accepts => spool.Accepts;

    /// <summary>Records a call. True when the record is in the file; false when it was dropped and counted.</summary>
    /// <param name="result">Raw result or error of the server; empty when there was none.</param>
    internal ValueTask<bool> Append(ToolCall call, CallEnd end, ReadOnlyMemory<byte> result, KnownSecrets? secrets)
    {
        var now = time.GetTimestamp();
        call.Times.Enter(CallStage.Record, now);
        call.End = end;
        var elapsed = time.GetElapsedTime(call.StartedTimestamp, now);
        var scope = new RedactionScope(call.Credential, secrets);
        var arguments = call.Message.Arguments;
        return spool.Append(new CallRecord(
            TimeOrderedId.Create(call.StartedAt),
            call.Caller.TenantId,
            call.StartedAt,
            (long)elapsed.TotalMicroseconds,
            call.Caller.Subject,
            call.Caller.KeyId,
            call.Method,
            call.Route?.Slug ?? call.Server ?? "",
            call.Tool?.Name ?? Redactor.Text(call.Target ?? call.Message.Name ?? "", scope, maxLength: 200),
            end.Status,
            end.Code,
            call.ProtocolVersion.Text,
            call.Decision.RuleId,
            call.State.Policy.Version,
            call.Message.Bytes.Length,
            result.Length,
            arguments.IsEmpty ? null : Redactor.Json(arguments.Span, scope),
            result.IsEmpty ? null : Redactor.Json(result.Span, scope),
            Activity.Current?.TraceId.ToHexString() ?? "",
            call.RequestId,
            spool.GatewayId,
            call.Cache?.Use.Name()));
    }
}

/// <summary>How a call ended.</summary>
/// <param name="Status"><c>ok</c>, <c>tool_error</c>, <c>denied</c>, <c>error</c>, <c>cancelled</c>.</param>
/// <param name="Code">Null for <c>ok</c>.</param>
internal readonly record struct CallEnd(string Status, string? Code)
{
    public static CallEnd Ok { get; } = new("ok", null);

    public static CallEnd ToolError { get; } = new("tool_error", "tool.error");

    public static CallEnd RpcError { get; } = new("error", "upstream.error");

    public static CallEnd Cancelled { get; } = new("cancelled", "cancelled");

    public static CallEnd Broken { get; } = new("error", "internal");
}
