using System.Collections.Concurrent;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Caching;

/// <summary>
/// Results of servers in memory, bounded in bytes. Each tenant has a cache of its own, so that no mistake in a key can cross tenants. Over the bound of all, the tenant that has most gives
/// way: a look at each tenant that keeps something, only while the whole is full.
/// </summary>
public sealed class ResultCache
{
    private readonly ConcurrentDictionary<Guid, TenantCache> _tenants = new();
    private readonly TimeProvider _time;
    private long _bytes;

    /// <param name="store">Whose changes of servers make results untrue.</param>
    public ResultCache(GatewayStateStore store, CacheBounds bounds, TimeProvider time)
    {
        (Bounds, _time) = (bounds, time);
        store.RegistryChanged += Forget;
    }

    public CacheBounds Bounds { get; }

    /// <summary>Nothing is kept, and nobody waits for anybody.</summary>
    public bool IsOff => Bounds.MaxBytes == 0;

    public CacheStatistics Statistics => _tenants.Values.Aggregate(default(CacheStatistics), (all, tenant) => all + tenant.Statistics);

    public CacheStatistics StatisticsOf(Guid tenantId) => _tenants.TryGetValue(tenantId, out var tenant) ? tenant.Statistics : default;

    internal KeptResult? Find(Guid tenantId, CacheKey key) => _tenants.TryGetValue(tenantId, out var tenant) ? tenant.Find(key, _time.GetTimestamp()) : null;

    internal void Count(Guid tenantId, CacheUse use, bool isFromShared = false)
    {
        Of(tenantId).Count(use, isFromShared);
        Telemetry.GatewayMetrics.Cached(use, isFromShared);
    }

    /// <summary>Keeps a result. False: it is larger than any may be.</summary>
    internal bool Keep(Guid tenantId, KeptResult result)
    {
        var most = Math.Min(Bounds.MaxBytesPerTenant, Bounds.MaxBytes);
        if (result.Bytes > Math.Min(most, Bounds.MaxEntryBytes))
        {
            return false;
        }

        Interlocked.Add(ref _bytes, Of(tenantId).Keep(result, most));
        while (Volatile.Read(ref _bytes) > Bounds.MaxBytes && _tenants.Values.MaxBy(tenant => tenant.Bytes) is { } largest && largest.Evict() is > 0 and var freed)
        {
            Interlocked.Add(ref _bytes, -freed);
        }

        return true;
    }

    /// <summary>A resource is another now.</summary>
    public void Updated(ServerRoute server, string uri)
    {
        server.CacheEpoch.Advance(_time.GetTimestamp());
        Forget(server.TenantId, kept => kept.ServerId == server.ServerId && kept.Target == uri);
    }

    /// <summary>A server says that its lists are others now: what it answered before may have been made by what is gone.</summary>
    public void Changed(ServerRoute server)
    {
        server.CacheEpoch.Advance(_time.GetTimestamp());
        Forget(server.TenantId, kept => kept.ServerId == server.ServerId);
    }

    /// <summary>Servers that are gone, or others than they were: one look at each result. It could no longer be found, and would only take room.</summary>
    private void Forget(GatewayState state)
    {
        foreach (var tenantId in _tenants.Keys)
        {
            var servers = state.Registry.RoutesOf(tenantId).ById;
            Forget(tenantId, kept => !servers.TryGetValue(kept.ServerId, out var server) || server.CacheTagOf(kept.Method, kept.Target) != kept.Tag);
        }
    }

    private void Forget(Guid tenantId, Predicate<KeptResult> which)
    {
        if (_tenants.TryGetValue(tenantId, out var tenant))
        {
            Interlocked.Add(ref _bytes, -tenant.Forget(which));
        }
    }

    private TenantCache Of(Guid tenantId) => _tenants.TryGetValue(tenantId, out var known) ? known : _tenants.GetOrAdd(tenantId, _ =>
    {
        var made = new TenantCache();
        made.Expired += bytes => Interlocked.Add(ref _bytes, -bytes);
        return made;
    });
}
