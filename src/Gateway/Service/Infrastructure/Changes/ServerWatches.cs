using System.Collections.Concurrent;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>
/// The servers that are watched because somebody wants to hear of their changes: one stream each, however many want to. A server that nobody wants to hear of any more is left alone.
/// </summary>
internal sealed class ServerWatches(UpstreamPool pool, GatewayStateStore store, ChangeHub hub, CatalogRelook relook, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(Guid TenantId, Guid ServerId), ServerWatch> _watches = new();
    private readonly Lock _gate = new();

    public int Count => _watches.Count;

    /// <summary>Watches a server's lists until the result is disposed.</summary>
    public IDisposable Watch(ServerRoute server)
    {
        lock (_gate)
        {
            Of(server).Enter();
        }

        return new Held(this, server.TenantId, server.ServerId);
    }

    /// <summary>Watches a resource until <see cref="Remove"/>, once for each time that it was added.</summary>
    public void Add(ServerRoute server, string uri)
    {
        lock (_gate)
        {
            Of(server).Add(uri);
        }
    }

    public void Remove(Guid tenantId, Guid serverId, string uri) => Leave(tenantId, serverId, watch => watch.Remove(uri));

    /// <summary>The resources of a server that are watched.</summary>
    public IReadOnlyList<string> UrisOf(Guid tenantId, Guid serverId) => _watches.TryGetValue((tenantId, serverId), out var watch) ? watch.Uris : [];

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches.Values)
        {
            await watch.DisposeAsync();
        }
    }

    /// <summary>Under the gate, until somebody has entered: what nobody wants is let go.</summary>
    private ServerWatch Of(ServerRoute server) =>
        _watches.GetOrAdd((server.TenantId, server.ServerId), key => new ServerWatch(key.TenantId, key.ServerId, pool, store, hub, relook, time));

    private void Leave(Guid tenantId, Guid serverId, Action<ServerWatch> leave)
    {
        lock (_gate)
        {
            if (_watches.TryGetValue((tenantId, serverId), out var watch))
            {
                leave(watch);
                if (watch.IsUnwanted && _watches.TryRemove((tenantId, serverId), out _))
                {
                    _ = watch.DisposeAsync().AsTask();
                }
            }
        }
    }

    private sealed class Held(ServerWatches watches, Guid tenantId, Guid serverId) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) == 0)
            {
                watches.Leave(tenantId, serverId, watch => watch.Leave());
            }
        }
    }
}
