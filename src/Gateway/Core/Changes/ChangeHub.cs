using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Changes;

/// <summary>Somebody who wants to be told when servers change. What is told must be quick.</summary>
public interface IChangeSubscriber
{
    Guid TenantId { get; }

    /// <summary>Slug of the only server of interest; null = all that the caller sees, or a set.</summary>
    string? Server { get; }

    /// <summary>Slug of the tool set of interest; null = none.</summary>
    string? Set { get; }

    /// <summary>Lists of a server are others now; the state that everybody reads has the new ones already.</summary>
    void Changed(ServerRoute server, Change change);

    /// <summary>Lists of the tool set are others now.</summary>
    /// <param name="set">As it is; one that is gone as it was.</param>
    /// <param name="before">Null for one that is new.</param>
    void Changed(ToolSetRoute set, ToolSetRoute? before, Change change);

    /// <summary>A resource's content changed.</summary>
    /// <param name="parameters">Raw, as the server sent them; valid during the call.</param>
    void Updated(ServerRoute server, string uri, ReadOnlyMemory<byte> parameters);
}

/// <summary>
/// Tells the clients of this gateway what changes. Lists change in two ways: a server says so to this gateway, which looks first and then tells; or another replica or the registry
/// found out, which is seen when the state is swapped.
/// </summary>
public sealed class ChangeHub
{
    // Thousands come and go; what changes is told now and then.
    private readonly Dictionary<Guid, HashSet<IChangeSubscriber>> _subscribers = [];
    private readonly Lock _gate = new();
    private readonly GatewayStateStore _store;
    private readonly ResultCache? _cache;
    private RegistryState _last;

    /// <param name="cache">Forgets what changes before anybody is told, who would ask again at once. Null: nothing is kept.</param>
    public ChangeHub(GatewayStateStore store, ResultCache? cache = null)
    {
        (_store, _cache, _last) = (store, cache, store.Current.Registry);
        store.RegistryChanged += Compare;
    }

    /// <summary>How many want to be told.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _subscribers.Values.Sum(subscribers => subscribers.Count);
            }
        }
    }

    /// <summary>Until the result is disposed.</summary>
    public IDisposable Subscribe(IChangeSubscriber subscriber)
    {
        lock (_gate)
        {
            if (!_subscribers.TryGetValue(subscriber.TenantId, out var own))
            {
                _subscribers[subscriber.TenantId] = own = [];
            }

            own.Add(subscriber);
        }

        return new Subscription(this, subscriber);
    }

    /// <summary>Lists of a server are others now, or at least it says so.</summary>
    public void Tell(Guid tenantId, Guid serverId, Change change)
    {
        if (change != Change.None && Find(tenantId, serverId) is { } server)
        {
            Tell(tenantId, server, change);
            foreach (var set in _store.Current.Registry.RoutesOf(tenantId).Sets.Values.Where(set => set.Has(serverId)))
            {
                foreach (var subscriber in OfSet(tenantId, set.Slug))
                {
                    subscriber.Changed(server, change);
                }
            }
        }
    }

    private void Tell(Guid tenantId, ServerRoute server, Change change)
    {
        foreach (var subscriber in Interested(tenantId, server.Slug))
        {
            subscriber.Changed(server, change);
        }
    }

    /// <summary>A server says that lists of it are others now; clients are told once that was looked at.</summary>
    public void Heard(Guid tenantId, Guid serverId)
    {
        if (_cache is not null && Find(tenantId, serverId) is { } server)
        {
            _cache.Changed(server);
        }
    }

    /// <summary>A resource of a server changed.</summary>
    public void TellUpdated(Guid tenantId, Guid serverId, string uri, ReadOnlyMemory<byte> parameters)
    {
        if (Find(tenantId, serverId) is { } server)
        {
            _cache?.Updated(server, uri);
            foreach (var subscriber in Interested(tenantId, server.Slug, withSets: true))
            {
                subscriber.Updated(server, uri, parameters);
            }
        }
    }

    private ServerRoute? Find(Guid tenantId, Guid serverId) => _store.Current.Registry.RoutesOf(tenantId).ById.GetValueOrDefault(serverId);

    private IReadOnlyList<IChangeSubscriber> Interested(Guid tenantId, string slug, bool withSets = false)
    {
        lock (_gate)
        {
            return _subscribers.TryGetValue(tenantId, out var own)
                ? [.. own.Where(subscriber => (subscriber.Server is null && (withSets || subscriber.Set is null)) || subscriber.Server == slug)]
                : [];
        }
    }

    private IReadOnlyList<IChangeSubscriber> OfSet(Guid tenantId, string slug)
    {
        lock (_gate)
        {
            return _subscribers.TryGetValue(tenantId, out var own) ? [.. own.Where(subscriber => subscriber.Set == slug)] : [];
        }
    }

    private Guid[] Tenants()
    {
        lock (_gate)
        {
            return [.. _subscribers.Keys];
        }
    }

    /// <summary>Only tenants that somebody listens for are looked at.</summary>
    private void Compare(GatewayState state)
    {
        var before = Interlocked.Exchange(ref _last, state.Registry);
        foreach (var tenantId in Tenants())
        {
            var (old, current) = (before.RoutesOf(tenantId), state.Registry.RoutesOf(tenantId));
            foreach (var server in current.ById.Values)
            {
                var change = old.ById.TryGetValue(server.ServerId, out var known) ? Changes.Between(known, server) : Change.All;
                if (change != Change.None)
                {
                    Tell(tenantId, server, change);
                }
            }

            TellGone(tenantId, old, current);
            TellSets(tenantId, old, current);
        }
    }

    private void TellGone(Guid tenantId, TenantRoutes old, TenantRoutes current)
    {
        foreach (var gone in old.ById.Values.Where(server => !current.ById.ContainsKey(server.ServerId)))
        {
            foreach (var subscriber in Interested(tenantId, gone.Slug))
            {
                subscriber.Changed(gone, Change.All);
            }
        }
    }

    /// <summary>What a set shows changes with the set itself and with its servers.</summary>
    private void TellSets(Guid tenantId, TenantRoutes old, TenantRoutes current)
    {
        foreach (var slug in old.Sets.Keys.Union(current.Sets.Keys, StringComparer.Ordinal))
        {
            var (before, after) = (old.Sets.GetValueOrDefault(slug), current.Sets.GetValueOrDefault(slug));
            if (Changes.Between(before, after) is var change and not Change.None)
            {
                foreach (var subscriber in OfSet(tenantId, slug))
                {
                    subscriber.Changed(after ?? before!, before, change);
                }
            }
        }
    }

    private void Leave(IChangeSubscriber subscriber)
    {
        lock (_gate)
        {
            if (_subscribers.TryGetValue(subscriber.TenantId, out var own) && own.Remove(subscriber) && own.Count == 0)
            {
                _subscribers.Remove(subscriber.TenantId);
            }
        }
    }

    private sealed class Subscription(ChangeHub hub, IChangeSubscriber subscriber) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) == 0)
            {
                hub.Leave(subscriber);
            }
        }
    }
}
