namespace McpPlatform.Gateway.Calls;

/// <summary>A steady rate and what may come at once.</summary>
/// <param name="PerSecond">Calls per second, above 0.</param>
/// <param name="Burst">Calls at once after a pause, at least 1.</param>
public readonly record struct RateLimit(double PerSecond, int Burst);

/// <summary>
/// What one key has left of its rate. One number, no lock: the time at which the bucket would be full again (the generic cell rate algorithm).
/// Full when new.
/// </summary>
public sealed class TokenBucket
{
    private long _fullAt = long.MinValue;

    /// <summary>Takes one. False when there is none left; then <paramref name="retryAfter"/> says when there is.</summary>
    public bool TryTake(in RateLimit limit, TimeProvider time, out TimeSpan retryAfter)
    {
        var now = time.GetTimestamp();
        var interval = Math.Max(1L, (long)(time.TimestampFrequency / limit.PerSecond));
        var tolerance = interval * (limit.Burst - 1);
        while (true)
        {
            var seen = Volatile.Read(ref _fullAt);
            var from = Math.Max(seen, now);
            if (from - now > tolerance)
            {
                retryAfter = time.GetElapsedTime(now, from - tolerance);
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAt, from + interval, seen) == seen)
            {
                retryAfter = TimeSpan.Zero;
                return true;
            }
        }
    }
}
