namespace McpPlatform.Contracts.Gateway;

/// <summary>
/// One call through a gateway, redacted before it leaves the gateway. <see cref="Id"/> is a UUIDv7 made at the start of the call: it is the
/// record's identity everywhere, and storing it twice stores it once.
/// </summary>
/// <param name="StartedAt">When the request's head was read, UTC.</param>
/// <param name="DurationMicroseconds">From then until the answer was complete.</param>
/// <param name="Subject">Whom the key stands for; empty when nobody was authenticated.</param>
/// <param name="Method">The protocol method, for example <c>tools/call</c>.</param>
/// <param name="Server">Slug of the server; empty when none was resolved.</param>
/// <param name="Tool">The server's own name of the tool or prompt, or the URI of the resource; at most 200 characters.</param>
/// <param name="Status"><c>ok</c>, <c>tool_error</c>, <c>denied</c>, <c>error</c>, <c>cancelled</c>.</param>
/// <param name="ErrorCode">Stable code when the status is not <c>ok</c>; else null.</param>
/// <param name="ProtocolVersion">Revision spoken with the client.</param>
/// <param name="RuleId">The policy rule that decided, when one did.</param>
/// <param name="PolicyVersion">Version of the policy snapshot that decided.</param>
/// <param name="Arguments">Redacted JSON text, at most 16 KiB, truncated with a marker; null when there were none.</param>
/// <param name="Result">Redacted JSON text, at most 16 KiB, truncated with a marker; null when none was produced.</param>
/// <param name="TraceId">W3C trace id, 32 hex digits; empty when the call was not traced.</param>
/// <param name="RequestId">The id the client saw.</param>
/// <param name="Cache">
/// <c>hit</c>: answered by what was kept; <c>coalesced</c>: by the answer to an equal request under way; <c>miss</c>: could have been, and went to the server. Null = nothing is kept of its kind.
/// </param>
public sealed record CallRecord(
    Guid Id,
    Guid TenantId,
    DateTimeOffset StartedAt,
    long DurationMicroseconds,
    string Subject,
    Guid? KeyId,
    string Method,
    string Server,
    string Tool,
    string Status,
    string? ErrorCode,
    string ProtocolVersion,
    string? RuleId,
    long PolicyVersion,
    long RequestBytes,
    long ResponseBytes,
    string? Arguments,
    string? Result,
    string TraceId,
    string RequestId,
    string GatewayId,
    string? Cache = null);
