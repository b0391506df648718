using McpPlatform.Tracing.Application.Traces;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

/// <summary>The summary in one pass over the calls; EF knows neither ordered-set aggregates nor grouping sets.</summary>
internal static class SummarySql
{
    private static readonly Dictionary<CallGrouping, string> Statements = new()
    {
        [CallGrouping.Tool] = Build("server", "tool"),
        [CallGrouping.Server] = Build("server"),
        [CallGrouping.Subject] = Build("subject"),
        [CallGrouping.Status] = Build("status"),
    };

    public static string By(CallGrouping grouping) => Statements[grouping];

    private static string Build(params string[] columns)
    {
        string Column(string name) => columns.Contains(name) ? name : "NULL::text";
        var group = string.Join(", ", columns);
        return $"""
            SELECT grouping({columns[0]}) = 1 AS "IsTotal",
                   {Column("server")} AS "Server", {Column("tool")} AS "Tool", {Column("subject")} AS "Subject", {Column("status")} AS "Status",
                   count(*) AS "Calls",
                   count(*) FILTER (WHERE status IN ('error', 'tool_error')) AS "Errors",
                   count(*) FILTER (WHERE status = 'denied') AS "Denied",
                   percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_us) AS "Percentiles"
            FROM call_records
            WHERE tenant_id = @tenant AND day BETWEEN @first_day AND @last_day AND started_at >= @from AND started_at < @to
            GROUP BY GROUPING SETS (({group}), ())
            ORDER BY 1 DESC, "Calls" DESC, {group}
            LIMIT @rows
            """;
    }
}

/// <summary>A row of the summary, as the statement names its columns.</summary>
internal sealed record SummaryRow(bool IsTotal, string? Server, string? Tool, string? Subject, string? Status, long Calls, long Errors, long Denied, long[]? Percentiles)
{
    public CallGroup ToGroup() => new(Server, Tool, Subject, Status, ToFigures());

    public CallFigures ToFigures() => new(
        Calls,
        Errors,
        Denied,
        Calls == 0 ? 0 : Math.Round((decimal)Errors / Calls, 4),
        Percentiles?[0] / 1000m,
        Percentiles?[1] / 1000m,
        Percentiles?[2] / 1000m);
}
