namespace McpPlatform.Tracing.Application.Traces;

/// <summary>How one tool did in a range of time.</summary>
/// <param name="Figures">Over all its calls of the range.</param>
/// <param name="Outcomes">The same by how calls ended and why, the most frequent first.</param>
/// <param name="LastError">The newest call that ended as <c>error</c> or <c>tool_error</c>; null when none did.</param>
public sealed record ToolExecutions(
    DateTimeOffset From, DateTimeOffset To, string Server, string Tool, CallFigures Figures, IReadOnlyList<ExecutionOutcome> Outcomes, LastError? LastError);

/// <summary>Calls that ended alike.</summary>
/// <param name="ErrorCode">Null for <c>ok</c>.</param>
/// <param name="LastAt">When the newest of them began.</param>
public sealed record ExecutionOutcome(string Status, string? ErrorCode, long Calls, DateTimeOffset LastAt);

/// <summary>A call that failed, as far as its record says why.</summary>
/// <param name="Result">What the server answered, redacted as in the record; null when it did not answer.</param>
public sealed record LastError(Guid Id, DateTimeOffset StartedAt, decimal DurationMs, string Status, string? ErrorCode, string RequestId, string? Result);
