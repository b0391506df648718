namespace McpPlatform.Gateway.Balancing;

/// <summary>What a breaker does with calls.</summary>
public enum BreakerState
{
    /// <summary>Lets them through.</summary>
    Closed,

    /// <summary>Lets none through.</summary>
    Open,

    /// <summary>Lets one through, to see.</summary>
    HalfOpen,
}

/// <summary>
/// The breaker of one endpoint. Thread-safe without a lock: the moment until which it is open decides, and whoever moves that moment is the one that may try.
/// A call that tries and is never heard of again delays the next one by as long as the breaker was open; nothing has to be given back.
/// </summary>
public sealed class Breaker
{
    private long _until;
    private int _failures;
    private int _opened;
    private int _trying;

    /// <summary>Failures in a row.</summary>
    public int Failures => Volatile.Read(ref _failures);

    public BreakerState State => Volatile.Read(ref _until) == 0 ? BreakerState.Closed : Volatile.Read(ref _trying) != 0 ? BreakerState.HalfOpen : BreakerState.Open;

    /// <summary>When a call may try again; null while closed.</summary>
    public long? Until => Volatile.Read(ref _until) is var until and not 0 ? until : null;

    /// <summary>Whether a call could pass. Read-only.</summary>
    public bool Admits(TimeProvider time) => Volatile.Read(ref _until) is var until && (until == 0 || time.GetTimestamp() >= until);

    /// <summary>Passes a call: true always while closed, for one call when the time has come, false otherwise.</summary>
    public bool TryEnter(BreakerRules rules, TimeProvider time)
    {
        var until = Volatile.Read(ref _until);
        if (until == 0)
        {
            return true;
        }

        var now = time.GetTimestamp();
        if (now < until || Interlocked.CompareExchange(ref _until, now + Ticks(Pause(rules), time), until) != until)
        {
            return false;
        }

        Volatile.Write(ref _trying, 1);
        return true;
    }

    /// <summary>A call was answered. True when that closed the breaker.</summary>
    public bool Succeeded()
    {
        if (Volatile.Read(ref _failures) == 0 && Volatile.Read(ref _until) == 0)
        {
            return false;
        }

        Volatile.Write(ref _failures, 0);
        Volatile.Write(ref _opened, 0);
        Volatile.Write(ref _trying, 0);
        return Interlocked.Exchange(ref _until, 0) != 0;
    }

    /// <summary>A call failed. True when that opened the breaker: the last straw, or the one that tried.</summary>
    public bool Failed(BreakerRules rules, TimeProvider time)
    {
        var failures = Interlocked.Increment(ref _failures);
        if (Interlocked.Exchange(ref _trying, 0) == 0 && (Volatile.Read(ref _until) != 0 || failures < rules.Failures))
        {
            // Too early; or open already: calls that were on their way do not make it longer.
            return false;
        }

        var until = Volatile.Read(ref _until);
        var opened = Math.Max(1, time.GetTimestamp() + Ticks(Pause(rules), time));
        Interlocked.Increment(ref _opened);
        return Interlocked.CompareExchange(ref _until, opened, until) == until;
    }

    private static long Ticks(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private TimeSpan Pause(BreakerRules rules)
    {
        var pause = rules.OpenFor * Math.Pow(2, Math.Min(Volatile.Read(ref _opened), 16));
        return pause < rules.LongestOpen ? pause : rules.LongestOpen;
    }
}
