using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Attempts;

/// <summary>
/// The timers of one attempt on one token, which also ends when the caller's does; and whether something of the answer reached the caller yet. It is the source
/// of its token itself: one object per attempt instead of two.
/// </summary>
public sealed class AttemptClock : CancellationTokenSource, IExchangeClock
{
    private readonly AttemptTimers _timers;
    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _caller;
    private long _sentAt;
    private AttemptTimer _running;
    private int _held;

    /// <summary>Runs at once, as if the request were being sent.</summary>
    /// <param name="past">What was tried before, which the total includes; null for a first attempt.</param>
    internal AttemptClock(AttemptTimers timers, Past? past, TimeProvider time, CancellationToken caller)
        : base(First(timers, past is null ? timers.Total : timers.Total - time.GetElapsedTime(past.StartedAt), out var running), time)
    {
        (_timers, Past, _time, _running, _sentAt) = (timers, past, time, running, time.GetTimestamp());
        BeganAt = _sentAt;
        _caller = caller.UnsafeRegister(static clock => ((AttemptClock)clock!).Cancel(), this);
    }

    public AttemptTimers Timers => _timers;

    internal Past? Past { get; }

    /// <summary>Timestamp of the start of this attempt.</summary>
    public long BeganAt { get; }

    /// <summary>Timestamp of the start of the first one.</summary>
    internal long StartedAt => Past?.StartedAt ?? BeganAt;

    /// <summary>What is left of the total.</summary>
    internal TimeSpan TotalLeft => _timers.Total - _time.GetElapsedTime(StartedAt);

    /// <summary>The timer that runs, or that ran out.</summary>
    public AttemptTimer Running => _running;

    /// <summary>How long that one is.</summary>
    public TimeSpan Limit => _timers[_running];

    /// <summary>True once something of the answer went to the caller: nothing may be tried again after that.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>Something of the answer goes to the caller now.</summary>
    public void Commit() => IsCommitted = true;

    /// <inheritdoc/>
    public void Wait(ExchangePhase phase)
    {
        // Once it has run out, what ran out stays what is told.
        if (IsCancellationRequested)
        {
            return;
        }

        switch (Volatile.Read(ref _held) > 0 ? ExchangePhase.Caller : phase)
        {
            case ExchangePhase.Connect:
                // A process may take its own time to start, unless the caller is in a hurry.
                Set(AttemptTimer.Connect, _timers.AreShortened ? _timers.Connect : TimeSpan.MaxValue);
                break;
            case ExchangePhase.Headers:
                Set(_timers.Headers <= _timers.FirstByte ? AttemptTimer.Headers : AttemptTimer.FirstByte, Min(_timers.Headers, _timers.FirstByte));
                break;
            case ExchangePhase.FirstByte:
                Set(AttemptTimer.FirstByte, _timers.FirstByte - _time.GetElapsedTime(_sentAt));
                break;
            case ExchangePhase.Idle:
                Set(AttemptTimer.Idle, _timers.Idle);
                break;
            default:
                Set(AttemptTimer.Total, TimeSpan.MaxValue);
                break;
        }
    }

    /// <summary>The client is asked something: until <see cref="Release"/> its time runs, whatever else happens.</summary>
    public void Hold()
    {
        Interlocked.Increment(ref _held);
        Wait(ExchangePhase.Caller);
    }

    /// <summary>The client answered.</summary>
    public void Release()
    {
        Interlocked.Decrement(ref _held);
        try
        {
            Wait(ExchangePhase.Idle);
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended while its client was being asked: there is no time to measure any more.
        }
    }

    /// <summary>The request is sent only now.</summary>
    internal void Restart()
    {
        _sentAt = _time.GetTimestamp();
        Wait(ExchangePhase.Headers);
    }

    protected override void Dispose(bool disposing)
    {
        _caller.Dispose();
        base.Dispose(disposing);
    }

    private static TimeSpan First(AttemptTimers timers, TimeSpan left, out AttemptTimer running)
    {
        var first = Min(timers.Headers, timers.FirstByte);
        running = left <= first ? AttemptTimer.Total : timers.Headers <= timers.FirstByte ? AttemptTimer.Headers : AttemptTimer.FirstByte;
        return Positive(Min(first, left));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private void Set(AttemptTimer timer, TimeSpan limit)
    {
        var left = TotalLeft;
        (_running, limit) = left <= limit ? (AttemptTimer.Total, left) : (timer, limit);
        CancelAfter(Positive(limit));
    }
}
