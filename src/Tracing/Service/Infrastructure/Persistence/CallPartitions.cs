using McpPlatform.Tracing.Application;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

/// <summary>
/// Days as partitions. The service's role owns nothing; functions that belong to the schema's owner make and drop partitions for it, within bounds of their
/// own (see the first migration).
/// </summary>
internal sealed class CallPartitions(TracingDbContext context) : ICallPartitions
{
    public async Task Ensure(IReadOnlyCollection<DateOnly> days, CancellationToken cancellationToken)
    {
        if (days.Count > 0)
        {
            await context.Database.ExecuteSqlAsync($"SELECT ensure_call_partitions({days.ToArray()})", cancellationToken);
        }
    }

    public async Task<IReadOnlyList<string>> DropBefore(DateOnly day, CancellationToken cancellationToken) =>
        await context.Database.SqlQuery<string>($"SELECT dropped FROM drop_call_partitions({day}) AS dropped").ToListAsync(cancellationToken);
}
