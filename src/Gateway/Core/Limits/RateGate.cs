using McpPlatform.Gateway.Calls;

namespace McpPlatform.Gateway.Limits;

/// <summary>
/// One limit as this gateway applies it: what was set, this gateway's share of it, and what is left of that. Lives on when snapshots change. Taking locks nothing.
/// </summary>
/// <param name="id">Names the limit among all gateways.</param>
public sealed class RateGate(string id, LimitKind kind, RateLimit limit)
{
    private readonly Lock _writer = new();
    private readonly TokenBucket _bucket = new();
    private RateTerms _terms = new(kind, limit, 1);
    private long _asked;
    private long _askedBefore;
    private int _isShared;

    public string Id => id;

    /// <summary>What is set now.</summary>
    public RateTerms Terms => Volatile.Read(ref _terms);

    /// <summary>How often it was asked since it was made, refusals included.</summary>
    public long Asked => Volatile.Read(ref _asked);

    /// <summary>Whether this gateway holds a share of it that others know of.</summary>
    internal bool IsShared => Volatile.Read(ref _isShared) != 0;

    /// <summary>Takes one; false when the share is used up.</summary>
    public bool TryTake(TimeProvider time, out LimitUse use)
    {
        Interlocked.Increment(ref _asked);
        var terms = Terms;
        var isTaken = _bucket.TryTake(terms.Here, time, out var retryAfter, out var left);
        use = new LimitUse(terms, left, retryAfter);
        return isTaken;
    }

    /// <summary>Somebody set another limit; the share of it stays.</summary>
    public void Set(RateLimit now, TimeProvider time) => Change(terms => terms.Limit == now ? terms : new RateTerms(kind, now, terms.Share), time);

    /// <summary>This gateway has another share of it.</summary>
    internal void Share(double share, TimeProvider time) => Change(terms => terms.Share == share ? terms : new RateTerms(kind, terms.Limit, share), time);

    /// <summary>How often it was asked before it began to be shared.</summary>
    internal long AskedBefore => Volatile.Read(ref _askedBefore);

    /// <summary>True for the first that begins to share it.</summary>
    internal bool TryBegin()
    {
        if (Interlocked.Exchange(ref _isShared, 1) != 0)
        {
            return false;
        }

        Volatile.Write(ref _askedBefore, Asked);
        return true;
    }

    /// <summary>Its share goes back, since nobody asks any more: the next one begins anew.</summary>
    public void End() => Volatile.Write(ref _isShared, 0);

    private void Change(Func<RateTerms, RateTerms> change, TimeProvider time)
    {
        lock (_writer)
        {
            var (before, after) = (_terms, change(_terms));
            if (!ReferenceEquals(before, after))
            {
                _bucket.Rescale(before.Here, after.Here, time);
                Volatile.Write(ref _terms, after);
            }
        }
    }
}

/// <summary>A limit and this gateway's share of it.</summary>
public sealed class RateTerms(LimitKind kind, RateLimit limit, double share)
{
    public LimitKind Kind => kind;

    /// <summary>As it was set, for all gateways together.</summary>
    public RateLimit Limit { get; } = limit;

    /// <summary>Above 0, up to 1.</summary>
    public double Share => share;

    /// <summary>What this gateway lets through.</summary>
    public RateLimit Here { get; } = limit.Part(share);

    public LimitText Text { get; } = LimitText.Of(kind, limit);
}

/// <summary>What asking a limit came to.</summary>
/// <param name="Left">More that could come at once.</param>
/// <param name="RetryAfter">Zero when one was taken.</param>
public readonly record struct LimitUse(RateTerms Terms, int Left, TimeSpan RetryAfter);
