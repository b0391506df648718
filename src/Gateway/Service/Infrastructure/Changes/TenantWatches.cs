using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>
/// Watches all servers by address of a tenant, or of one of its tool sets, that tell of changed lists, as long as somebody listens at the endpoint of all or of the set; those that come or go
/// meanwhile included. A server
/// that is a process tells by itself while it runs, and is not started to be listened to.
/// </summary>
internal sealed class TenantWatches
{
    /// <summary>100 servers of a tenant, one stream each. What others change is seen when the registry looks.</summary>
    private const int Most = 100;

    private readonly ServerWatches _watches;
    private readonly GatewayStateStore _store;
    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid TenantId, string? Set), Watched> _views = [];

    public TenantWatches(ServerWatches watches, GatewayStateStore store)
    {
        (_watches, _store) = (watches, store);
        store.RegistryChanged += Follow;
    }

    /// <summary>Whether a server is worth listening to: it is there without being started, and says that it tells of its lists.</summary>
    public static bool CanTell(ServerRoute server) => !server.Endpoints[0].IsProcess && (Tells(server.Legacy) || Tells(server.Modern));

    /// <summary>Until the result is disposed.</summary>
    /// <param name="set">Slug; null = all servers.</param>
    public IDisposable Watch(Guid tenantId, string? set)
    {
        var view = (tenantId, set);
        lock (_gate)
        {
            if (!_views.TryGetValue(view, out var watched))
            {
                _views.Add(view, watched = new Watched());
            }

            watched.Listeners++;
            Align(view, watched, _store.Current);
        }

        return new Held(this, view);
    }

    private void Follow(GatewayState state)
    {
        lock (_gate)
        {
            foreach (var (view, watched) in _views)
            {
                Align(view, watched, state);
            }
        }
    }

    private void Align((Guid TenantId, string? Set) view, Watched watched, GatewayState state)
    {
        var routes = state.Registry.RoutesOf(view.TenantId);
        var shown = view.Set is null ? routes.ById.Values : routes.Sets.TryGetValue(view.Set, out var set) ? routes.ById.Values.Where(server => set.Has(server.ServerId)) : [];
        var wanted = shown.Where(CanTell).OrderBy(server => server.Slug, StringComparer.Ordinal).Take(Most).ToDictionary(server => server.ServerId);
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

    private void Leave((Guid TenantId, string? Set) view)
    {
        lock (_gate)
        {
            var watched = _views[view];
            if (--watched.Listeners == 0)
            {
                _views.Remove(view);
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

    private sealed class Held(TenantWatches watches, (Guid TenantId, string? Set) view) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) == 0)
            {
                watches.Leave(view);
            }
        }
    }
}
