using McpPlatform.Policy.Application;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class PolicyVersion(PolicyDbContext context, TimeProvider clock) : IPolicyVersion
{
    public async Task<long> Next(CancellationToken cancellationToken)
    {
        // At least the time in milliseconds: also after a restore from a backup it is greater than whatever a gateway has seen.
        var atLeast = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var rows = await context.Database
            .SqlQuery<long>($"UPDATE snapshot_versions SET version = GREATEST(version + 1, {atLeast}) WHERE id = {SnapshotVersion.OnlyId} RETURNING version AS \"Value\"")
            .ToListAsync(cancellationToken);
        return rows.Single();
    }

    public Task<long> Current(CancellationToken cancellationToken) =>
        context.Set<SnapshotVersion>().Where(v => v.Id == SnapshotVersion.OnlyId).Select(v => v.Version).SingleAsync(cancellationToken);
}
