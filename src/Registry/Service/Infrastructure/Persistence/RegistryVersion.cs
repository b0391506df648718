using McpPlatform.Persistence;
using McpPlatform.Registry.Application;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class RegistryVersion(RegistryDbContext context, TimeProvider clock) : IRegistryVersion
{
    public Task<long> Next(CancellationToken cancellationToken) => SnapshotVersion.Next(context, clock, cancellationToken);

    public Task<long> Current(CancellationToken cancellationToken) => SnapshotVersion.Current(context, cancellationToken);
}
