namespace McpPlatform.Tracing.Application.Traces;

/// <summary>One call in a list.</summary>
/// <param name="DurationMs">Milliseconds, to the microsecond.</param>
/// <param name="Status"><c>ok</c>, <c>tool_error</c>, <c>denied</c>, <c>error</c>, <c>cancelled</c>.</param>
/// <param name="RuleId">The policy rule that decided, when one did.</param>
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
    string GatewayId);

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
    DateTimeOffset StoredAt);
