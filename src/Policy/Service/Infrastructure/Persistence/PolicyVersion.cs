using McpPlatform.Persistence;
using McpPlatform.Policy.Application;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class PolicyVersion(PolicyDbContext context, TimeProvider clock) : IPolicyVersion
{
    public Task<long> Next(CancellationToken cancellationToken) => SnapshotVersion.Next(context, clock, cancellationToken);

    public Task<long> Current(CancellationToken cancellationToken) => SnapshotVersion.Current(context, cancellationToken);
}
