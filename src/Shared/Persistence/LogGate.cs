namespace McpPlatform.Persistence;

/// <summary>Lets one line pass per interval, so that a fault that lasts does not fill the log. Safe for concurrent use.</summary>
internal sealed class LogGate(TimeProvider clock, TimeSpan interval)
{
    private long _next = long.MinValue;

    public bool TryPass()
    {
        var now = clock.GetUtcNow().UtcTicks;
        var next = Volatile.Read(ref _next);
        return now >= next && Interlocked.CompareExchange(ref _next, now + interval.Ticks, next) == next;
    }
}
