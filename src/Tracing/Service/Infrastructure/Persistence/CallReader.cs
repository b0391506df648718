using McpPlatform.Kernel;
using McpPlatform.Tracing.Application;
using McpPlatform.Tracing.Application.Traces;
using McpPlatform.Tracing.Domain;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

internal sealed class CallReader(TracingDbContext context, TenantContext tenant) : ICalls
{
    public async Task<IReadOnlyList<CallSummary>> List(CallFilter filter, CallPosition? after, int limit, CancellationToken cancellationToken) =>
        await Matching(filter, after)
            .OrderByDescending(c => c.StartedAt)
            .ThenByDescending(c => c.Id)
            .Take(limit)
            .Select(c => new CallSummary(
                c.Id, c.StartedAt, c.DurationMicroseconds / 1000m, c.Subject, c.KeyId, c.Method, c.Server, c.Tool, c.Status, c.ErrorCode,
                c.ProtocolVersion, c.RuleId, c.PolicyVersion, c.RequestBytes, c.ResponseBytes, c.TraceId, c.RequestId, c.GatewayId, c.Cache))
            .ToListAsync(cancellationToken);

    public async Task<CallDetail?> Find(Guid id, CancellationToken cancellationToken) =>
        await context.Calls.AsNoTracking()
            .Where(c => c.Id == id)
            .Select(c => new CallDetail(
                c.Id, c.StartedAt, c.DurationMicroseconds / 1000m, c.Subject, c.KeyId, c.Method, c.Server, c.Tool, c.Status, c.ErrorCode,
                c.ProtocolVersion, c.RuleId, c.PolicyVersion, c.RequestBytes, c.ResponseBytes, c.TraceId, c.RequestId, c.GatewayId,
                c.Arguments, c.Result, c.StoredAt, c.Cache))
            .FirstOrDefaultAsync(cancellationToken);

    public async Task<CallStatistics> Summarize(TimeRange range, CallGrouping by, int maxGroups, CancellationToken cancellationToken)
    {
        // One row more than shown says whether there are more; the total is a row of its own.
        var rows = await context.Database.SqlQueryRaw<SummaryRow>(
                SummarySql.By(by),
                new NpgsqlParameter("tenant", tenant.TenantId ?? Guid.Empty),
                new NpgsqlParameter("first_day", range.FirstDay),
                new NpgsqlParameter("last_day", range.LastDay),
                new NpgsqlParameter("from", range.From),
                new NpgsqlParameter("to", range.To),
                new NpgsqlParameter("rows", maxGroups + 2))
            .ToListAsync(cancellationToken);
        var groups = rows.Where(r => !r.IsTotal).Take(maxGroups).Select(r => r.ToGroup()).ToArray();
        return new CallStatistics(range.From, range.To, by, rows.Single(r => r.IsTotal).ToFigures(), groups, rows.Count - 1 > maxGroups);
    }

    public async Task<ToolExecutions> Executions(TimeRange range, string server, string tool, CancellationToken cancellationToken)
    {
        var rows = await context.Database.SqlQueryRaw<ExecutionRow>(
                ExecutionSql.Statement,
                new NpgsqlParameter("tenant", tenant.TenantId ?? Guid.Empty),
                new NpgsqlParameter("server", server),
                new NpgsqlParameter("tool", tool),
                new NpgsqlParameter("first_day", range.FirstDay),
                new NpgsqlParameter("last_day", range.LastDay),
                new NpgsqlParameter("from", range.From),
                new NpgsqlParameter("to", range.To),
                new NpgsqlParameter("rows", ExecutionSql.MaxOutcomes + 1))
            .ToListAsync(cancellationToken);
        var figures = rows.Single(r => r.IsTotal).ToFigures();
        // Without an error it would be looked for in vain through the whole range.
        var last = figures.Errors == 0 ? null : await LastError(range, server, tool, cancellationToken);
        return new ToolExecutions(range.From, range.To, server, tool, figures, [.. rows.Where(r => !r.IsTotal).Select(r => r.ToOutcome())], last);
    }

    private Task<LastError?> LastError(TimeRange range, string server, string tool, CancellationToken cancellationToken) =>
        Matching(new CallFilter(range) { Server = server, Tool = tool }, null)
            .Where(c => c.Status == CallStatus.Failed || c.Status == CallStatus.ToolError)
            .OrderByDescending(c => c.StartedAt)
            .ThenByDescending(c => c.Id)
            .Select(c => new LastError(c.Id, c.StartedAt, c.DurationMicroseconds / 1000m, c.Status, c.ErrorCode, c.RequestId, c.Result))
            .FirstOrDefaultAsync(cancellationToken);

    private IQueryable<StoredCall> Matching(CallFilter filter, CallPosition? after)
    {
        var (from, to) = (filter.Range.From, filter.Range.To);
        var (first, last) = (filter.Range.FirstDay, filter.Range.LastDay);
        if (after is { } position && position.StartedAt < to)
        {
            // Days behind the page need not be looked at again.
            last = DateOnly.FromDateTime(position.StartedAt.UtcDateTime);
        }

        var calls = context.Calls.AsNoTracking().Where(c => c.Day >= first && c.Day <= last && c.StartedAt >= from && c.StartedAt < to);
        calls = filter.Subject is { } subject ? calls.Where(c => c.Subject == subject) : calls;
        calls = filter.Server is { } server ? calls.Where(c => c.Server == server) : calls;
        calls = filter.Tool is { } tool ? calls.Where(c => c.Tool == tool) : calls;
        calls = filter.Method is { } method ? calls.Where(c => c.Method == method) : calls;
        calls = filter.Status is { } status ? calls.Where(c => c.Status == status) : calls;
        calls = filter.RequestId is { } request ? calls.Where(c => c.RequestId == request) : calls;
        calls = filter.TraceId is { } trace ? calls.Where(c => c.TraceId == trace) : calls;
        calls = filter.MinDurationMicroseconds is { } shortest ? calls.Where(c => c.DurationMicroseconds >= shortest) : calls;
        return after is { } key
            ? calls.Where(c => EF.Functions.LessThan(ValueTuple.Create(c.StartedAt, c.Id), ValueTuple.Create(key.StartedAt, key.Id)))
            : calls;
    }
}
