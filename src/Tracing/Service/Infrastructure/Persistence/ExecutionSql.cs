using McpPlatform.Tracing.Application.Traces;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

/// <summary>One tool's calls in one pass over the part of the index that is its own, and of the days asked for only.</summary>
internal static class ExecutionSql
{
    /// <summary>50: codes are ours, some dozens; whatever a gateway of another version sends cannot make the answer long.</summary>
    public const int MaxOutcomes = 50;

    public const string Statement = """
        SELECT grouping(status) = 1 AS "IsTotal", status AS "Status", error_code AS "ErrorCode", max(started_at) AS "LastAt",
               count(*) AS "Calls",
               count(*) FILTER (WHERE status IN ('error', 'tool_error')) AS "Errors",
               count(*) FILTER (WHERE status = 'denied') AS "Denied",
               CASE WHEN grouping(status) = 1 THEN percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_us) END AS "Percentiles"
        FROM call_records
        WHERE tenant_id = @tenant AND server = @server AND tool = @tool AND day BETWEEN @first_day AND @last_day AND started_at >= @from AND started_at < @to
        GROUP BY GROUPING SETS ((status, error_code), ())
        ORDER BY 1 DESC, "Calls" DESC, status, error_code
        LIMIT @rows
        """;
}

/// <summary>A row of it, as the statement names its columns.</summary>
internal sealed record ExecutionRow(bool IsTotal, string? Status, string? ErrorCode, DateTimeOffset? LastAt, long Calls, long Errors, long Denied, long[]? Percentiles)
{
    public CallFigures ToFigures() => new SummaryRow(IsTotal, null, null, null, null, Calls, Errors, Denied, Percentiles).ToFigures();

    public ExecutionOutcome ToOutcome() => new(Status!, ErrorCode, Calls, LastAt!.Value);
}
