namespace McpPlatform.Tracing.Application.Traces;

/// <summary>One call in a list.</summary>
/// <param name="DurationMs">Milliseconds, to the microsecond.</param>
/// <param name="Status"><c>ok</c>, <c>tool_error</c>, <c>denied</c>, <c>error</c>, <c>cancelled</c>.</param>
/// <param name="RuleId">The policy rule that decided, when one did.</param>
/// <param name="Cache"><c>hit</c>: answered by what a gateway kept; <c>coalesced</c>: by the answer to an equal call under way; <c>miss</c>: by the server, although it could have been; null for others.</param>
public sealed record CallSummary(
    Guid Id,
    DateTimeOffset StartedAt,
    decimal DurationMs,
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
    string TraceId,
    string RequestId,
    string GatewayId,
    string? Cache = null);

/// <summary>One call in full.</summary>
/// <param name="Arguments">Redacted, as text: JSON, with a marker where it was cut. Null when there were none.</param>
/// <param name="Result">Likewise.</param>
/// <param name="StoredAt">When tracing stored it.</param>
public sealed record CallDetail(
    Guid Id,
    DateTimeOffset StartedAt,
    decimal DurationMs,
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
    string TraceId,
    string RequestId,
    string GatewayId,
    string? Arguments,
    string? Result,
    DateTimeOffset StoredAt,
    string? Cache = null);
