namespace McpPlatform.Gateway.Balancing;

/// <summary>What this gateway has learnt of an endpoint: lives on when the registry's snapshot changes. Thread-safe, without a lock.</summary>
public sealed class EndpointState
{
    /// <summary>After this long an old time counts for a third. 10 s: long enough to compare endpoints, short enough to forgive.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    /// <summary>What a failure counts as, so that failing fast does not look attractive.</summary>
    private static readonly TimeSpan Penalty = TimeSpan.FromSeconds(1);

    private int _inFlight;
    private int _probing;
    private bool _isAlive;
    private bool _wasUsed;
    private long _seenAt;
    private double _seconds;
    private int _resets;

    public Breaker Breaker { get; } = new();

    /// <summary>Calls under way; counted where there is a choice of endpoints only.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A reset was ordered since: failures are forgotten. A gateway that has just learnt of the endpoint has nothing to forget.</summary>
    internal void Obey(int resets, bool isNew)
    {
        if (!isNew && resets != _resets)
        {
            Breaker.Succeeded();
        }

        _resets = resets;
    }

    /// <summary>A call begins.</summary>
    public void Enter() => Interlocked.Increment(ref _inFlight);

    /// <summary>It is over.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Learns how long a call took. Slower than expected counts at once, faster only with time (peak EWMA). Two at once may cost one of them: a guess all the same.</summary>
    public void Learn(TimeSpan elapsed, bool failed, TimeProvider time)
    {
        var now = time.GetTimestamp();
        var took = (failed && elapsed < Penalty ? Penalty : elapsed).TotalSeconds;
        var faded = Faded(now, time);
        Volatile.Write(ref _seconds, took >= faded ? took : (faded * Weight(now, time)) + (took * (1 - Weight(now, time))));
        Volatile.Write(ref _seenAt, now);
    }

    /// <summary>How long a further call would take, by what was seen and what is under way.</summary>
    public double Cost(TimeProvider time) => (Faded(time.GetTimestamp(), time) + 1e-6) * (InFlight + 1);

    /// <summary>Whether anything was ever answered here.</summary>
    public bool WasUsed => Volatile.Read(ref _wasUsed);

    /// <summary>Something was answered: until the next <see cref="WasQuiet"/> no probe is needed. Read before written, and no clock: every call comes by here.</summary>
    public void Answered()
    {
        if (!Volatile.Read(ref _isAlive))
        {
            Volatile.Write(ref _isAlive, true);
            Volatile.Write(ref _wasUsed, true);
        }
    }

    /// <summary>Whether nothing was answered since it was last asked for.</summary>
    public bool WasQuiet() => !Interlocked.Exchange(ref _isAlive, false);

    /// <summary>Begins the only probe there is; false when one is under way.</summary>
    public bool TryBeginProbe() => Interlocked.CompareExchange(ref _probing, 1, 0) == 0;

    public void EndProbe() => Volatile.Write(ref _probing, 0);

    private double Faded(long now, TimeProvider time) => Volatile.Read(ref _seconds) * Weight(now, time);

    private double Weight(long now, TimeProvider time) => Math.Exp(-(time.GetElapsedTime(Volatile.Read(ref _seenAt), now) / Memory));
}
