using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>
/// Watches all servers by address of a tenant that tell of changed lists, as long as somebody listens at the endpoint of all servers; those that come or go meanwhile included. A server
/// that is a process tells by itself while it runs, and is not started to be listened to.
/// </summary>
internal sealed class TenantWatches
{
    /// <summary>100 servers of a tenant, one stream each. What others change is seen when the registry looks.</summary>
    private const int Most = 100;

    private readonly ServerWatches _watches;
    private readonly GatewayStateStore _store;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Watched> _tenants = [];

    public TenantWatches(ServerWatches watches, GatewayStateStore store)
    {
        (_watches, _store) = (watches, store);
        store.RegistryChanged += Follow;
    }

    /// <summary>Whether a server is worth listening to: it is there without being started, and says that it tells of its lists.</summary>
    public static bool CanTell(ServerRoute server) => !server.Endpoints[0].IsProcess && (Tells(server.Legacy) || Tells(server.Modern));

    /// <summary>Until the result is disposed.</summary>
    public IDisposable Watch(Guid tenantId)
    {
        lock (_gate)
        {
            if (!_tenants.TryGetValue(tenantId, out var watched))
            {
                _tenants.Add(tenantId, watched = new Watched());
            }

            watched.Listeners++;
            Align(tenantId, watched, _store.Current);
        }

        return new Held(this, tenantId);
    }

    private void Follow(GatewayState state)
    {
        lock (_gate)
        {
            foreach (var (tenantId, watched) in _tenants)
            {
                Align(tenantId, watched, state);
            }
        }
    }

    private void Align(Guid tenantId, Watched watched, GatewayState state)
    {
        var wanted = state.Registry.RoutesOf(tenantId).ById.Values.Where(CanTell).OrderBy(server => server.Slug, StringComparer.Ordinal).Take(Most).ToDictionary(server => server.ServerId);
        foreach (var (gone, watch) in watched.Servers.Where(known => !wanted.ContainsKey(known.Key)).ToList())
        {
            watch.Dispose();
            watched.Servers.Remove(gone);
        }

        foreach (var server in wanted.Values.Where(server => !watched.Servers.ContainsKey(server.ServerId)))
        {
            watched.Servers.Add(server.ServerId, _watches.Watch(server));
        }
    }

    private void Leave(Guid tenantId)
    {
        lock (_gate)
        {
            var watched = _tenants[tenantId];
            if (--watched.Listeners == 0)
            {
                _tenants.Remove(tenantId);
                foreach (var watch in watched.Servers.Values)
                {
                    watch.Dispose();
                }
            }
        }
    }

    private static bool Tells(ServerFace? face) => face?.Capabilities is { ValueKind: JsonValueKind.Object } capabilities && (Tells(capabilities, "tools") || Tells(capabilities, "prompts") || Tells(capabilities, "resources"));

    private static bool Tells(JsonElement capabilities, string list) =>
        capabilities.TryGetProperty(list, out var capability) && capability.ValueKind == JsonValueKind.Object && capability.TryGetProperty("listChanged", out var tells) && tells.ValueKind == JsonValueKind.True;

    /// <summary>What is watched for a tenant.</summary>
    private sealed class Watched
    {
        public int Listeners { get; set; }

        public Dictionary<Guid, IDisposable> Servers { get; } = [];
    }

    private sealed class Held(TenantWatches watches, Guid tenantId) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) == 0)
            {
                watches.Leave(tenantId);
            }
        }
    }
}
