using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Infrastructure.Upstreams;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>Hears what servers say on the connections that callers share, from the start on.</summary>
internal sealed class SharedPeers(UpstreamPool pool, ServerWatches watches, CatalogRelook relook, ChangeHub hub) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        pool.Peers = (tenantId, serverId) => new SharedPeer(tenantId, serverId, watches, relook, hub);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
