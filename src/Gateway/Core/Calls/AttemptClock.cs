namespace McpPlatform.Gateway.Calls;

/// <summary>How long an attempt may take. The time to connect belongs to the connection, which is shared.</summary>
/// <param name="FirstByte">From sending until the first notification or the answer. 30 s: the longest call of the sample workload takes 12 s.</param>
/// <param name="Idle">Between two signs of life. 60 s: servers report progress every few seconds or not at all.</param>
/// <param name="Total">Whatever comes in between. 10 min: longer work belongs in a job.</param>
public sealed record AttemptTimers(TimeSpan FirstByte, TimeSpan Idle, TimeSpan Total)
{
    public static AttemptTimers Default { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10));
}

/// <summary>The timers of one attempt on one token, which also ends when the caller's does.</summary>
internal sealed class AttemptClock : IDisposable
{
    private readonly AttemptTimers _timers;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly long _startedAt;

    public AttemptClock(AttemptTimers timers, TimeProvider time, CancellationToken caller)
    {
        (_timers, _time, _startedAt) = (timers, time, time.GetTimestamp());
        _source = new CancellationTokenSource(Min(timers.FirstByte, timers.Total), time);
        _caller = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The upstream gave a sign of life.</summary>
    public void Touch()
    {
        var left = _timers.Total - _time.GetElapsedTime(_startedAt);
        _source.CancelAfter(Min(_timers.Idle, left > TimeSpan.Zero ? left : TimeSpan.Zero));
    }

    public void Dispose()
    {
        _caller.Dispose();
        _source.Dispose();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
