using System.Collections.Concurrent;

namespace McpPlatform.Gateway.Caching;

/// <summary>
/// What is kept for one tenant. Readers lock nothing; writers lock the list. Eviction is SIEVE (Zhang et al., NSDI '24): a list by age and a hand that goes from the oldest to the newest,
/// spares what was asked for since it last passed, and takes the first that was not. Finding costs one look into a dictionary and at most one write of a mark; keeping costs one
/// insertion and, when full, amortised one step of the hand per mark that was set.
/// </summary>
internal sealed class TenantCache
{
    private readonly ConcurrentDictionary<CacheKey, KeptResult> _kept = new();
    private readonly Lock _gate = new();
    private KeptResult? _newest;
    private KeptResult? _oldest;
    private KeptResult? _hand;
    private long _bytes;
    private long _hits;
    private long _sharedHits;
    private long _misses;
    private long _coalesced;
    private long _evictions;
    private long _invalidated;

    public long Bytes => Volatile.Read(ref _bytes);

    public CacheStatistics Statistics => new(
        _kept.Count, Bytes, Volatile.Read(ref _hits), Volatile.Read(ref _misses), Volatile.Read(ref _coalesced), Volatile.Read(ref _evictions), Volatile.Read(ref _invalidated),
        Volatile.Read(ref _sharedHits));

    /// <summary>Null when there is none, or none that is still good.</summary>
    public KeptResult? Find(CacheKey key, long now)
    {
        if (!_kept.TryGetValue(key, out var found))
        {
            return null;
        }

        if (now >= found.ExpiresAt)
        {
            Remove(found);
            return null;
        }

        if (!found.IsVisited)
        {
            found.IsVisited = true;
        }

        return found;
    }

    /// <summary>Keeps a result in place of an older one, and makes room for it. Returns how many bytes more are kept than before.</summary>
    public long Keep(KeptResult result, long most)
    {
        lock (_gate)
        {
            var before = _bytes;
            if (_kept.TryGetValue(result.Key, out var older))
            {
                Unlist(older);
            }

            while (_bytes + result.Bytes > most && EvictOne())
            {
            }

            _kept[result.Key] = result;
            (result.Older, result.Newer, result.IsListed) = (_newest, null, true);
            if (_newest is not null)
            {
                _newest.Newer = result;
            }

            _newest = result;
            _oldest ??= result;
            _bytes += result.Bytes;
            return _bytes - before;
        }
    }

    /// <summary>Makes room for others. Returns the bytes; 0 when there is nothing left.</summary>
    public long Evict()
    {
        lock (_gate)
        {
            var before = _bytes;
            EvictOne();
            return before - _bytes;
        }
    }

    /// <summary>Forgets what is no longer true. Returns the bytes.</summary>
    public long Forget(Predicate<KeptResult> which)
    {
        lock (_gate)
        {
            var before = _bytes;
            for (var at = _oldest; at is not null;)
            {
                var next = at.Newer;
                if (which(at))
                {
                    Unlist(at);
                    _invalidated++;
                }

                at = next;
            }

            return before - _bytes;
        }
    }

    public void Count(CacheUse use, bool isFromShared = false)
    {
        switch (use)
        {
            case CacheUse.Hit:
                Interlocked.Increment(ref _hits);
                if (isFromShared)
                {
                    Interlocked.Increment(ref _sharedHits);
                }

                break;
            case CacheUse.Coalesced:
                Interlocked.Increment(ref _coalesced);
                break;
            default:
                Interlocked.Increment(ref _misses);
                break;
        }
    }

    /// <summary>Told of what left by itself, because its time was over.</summary>
    public event Action<long>? Expired;

    private void Remove(KeptResult result)
    {
        lock (_gate)
        {
            if (!result.IsListed)
            {
                return;
            }

            Unlist(result);
        }

        Expired?.Invoke(result.Bytes);
    }

    private bool EvictOne()
    {
        var at = _hand ?? _oldest;
        while (at is { IsVisited: true })
        {
            at.IsVisited = false;
            at = at.Newer ?? _oldest;
        }

        if (at is null)
        {
            return false;
        }

        _hand = at;
        Unlist(at);
        _evictions++;
        return true;
    }

    /// <summary>Under the gate.</summary>
    private void Unlist(KeptResult result)
    {
        if (_hand == result)
        {
            _hand = result.Newer;
        }

        _ = result.Newer is null ? _newest = result.Older : result.Newer.Older = result.Older;
        _ = result.Older is null ? _oldest = result.Newer : result.Older.Newer = result.Newer;
        (result.Older, result.Newer, result.IsListed) = (null, null, false);
        _bytes -= result.Bytes;
        _kept.TryRemove(KeyValuePair.Create(result.Key, result));
    }
}

/// <summary>How a request came by its answer, where one could be kept.</summary>
public enum CacheUse
{
    Miss,
    Hit,

    /// <summary>By waiting for an equal request.</summary>
    Coalesced,
}

/// <summary>What is kept, and what became of requests since the start.</summary>
/// <param name="Evictions">Left to make room.</param>
/// <param name="Invalidated">Left because they were no longer true, or somebody ordered it.</param>
/// <param name="SharedHits">Of the hits, those that came from the level that gateways share.</param>
public readonly record struct CacheStatistics(int Entries, long Bytes, long Hits, long Misses, long Coalesced, long Evictions, long Invalidated, long SharedHits = 0)
{
    /// <summary>Answered without the server, of all that could have been; 0 before the first.</summary>
    public double HitRatio => Hits + Misses + Coalesced is > 0 and var all ? (double)(Hits + Coalesced) / all : 0;

    public static CacheStatistics operator +(CacheStatistics a, CacheStatistics b) => new(
        a.Entries + b.Entries, a.Bytes + b.Bytes, a.Hits + b.Hits, a.Misses + b.Misses, a.Coalesced + b.Coalesced, a.Evictions + b.Evictions, a.Invalidated + b.Invalidated, a.SharedHits + b.SharedHits);
}
