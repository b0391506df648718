namespace McpPlatform.Gateway.Calls;

/// <summary>A steady rate and what may come at once.</summary>
/// <param name="PerSecond">Calls per second, above 0.</param>
/// <param name="Burst">Calls at once after a pause, at least 1.</param>
public readonly record struct RateLimit(double PerSecond, int Burst)
{
    /// <summary>A rate without a burst of its own: a second's worth comes at once.</summary>
    public static RateLimit Of(double perSecond, int? burst) => new(perSecond, burst ?? Math.Max(1, (int)Math.Ceiling(perSecond)));

    /// <summary>A part of it. At least one call can always come at once.</summary>
    /// <param name="share">Above 0, up to 1.</param>
    public RateLimit Part(double share) => share >= 1 ? this : new(PerSecond * share, Math.Max(1, (int)(Burst * share)));
}

/// <summary>
/// What is left of a rate. One number, no lock: the time at which the bucket would be full again (the generic cell rate algorithm).
/// Full when new.
/// </summary>
public sealed class TokenBucket
{
    private long _fullAt = long.MinValue;

    /// <summary>Takes one. False when there is none left; then <paramref name="retryAfter"/> says when there is.</summary>
    /// <param name="left">How many more could be taken at once.</param>
    public bool TryTake(in RateLimit limit, TimeProvider time, out TimeSpan retryAfter, out int left)
    {
        var now = time.GetTimestamp();
        var interval = Interval(limit, time);
        var tolerance = interval * (limit.Burst - 1);
        while (true)
        {
            var seen = Volatile.Read(ref _fullAt);
            var from = Math.Max(seen, now);
            if (from - now > tolerance)
            {
                retryAfter = time.GetElapsedTime(now, from - tolerance);
                left = 0;
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAt, from + interval, seen) == seen)
            {
                retryAfter = TimeSpan.Zero;
                left = (int)((tolerance - (from - now)) / interval);
                return true;
            }
        }
    }

    /// <summary>The limit changes; what is left stays, up to the new burst. So nothing is given twice when a share of a limit moves from one gateway to another.</summary>
    internal void Rescale(in RateLimit before, in RateLimit after, TimeProvider time)
    {
        var now = time.GetTimestamp();
        var seen = Volatile.Read(ref _fullAt);
        var left = before.Burst - ((double)(Math.Max(seen, now) - now) / Interval(before, time));
        var debt = Math.Max(0, after.Burst - left) * Interval(after, time);

        // Whoever takes one at this very moment still takes it of the old limit.
        Interlocked.CompareExchange(ref _fullAt, now + (long)debt, seen);
    }

    private static long Interval(in RateLimit limit, TimeProvider time) => Math.Max(1L, (long)(time.TimestampFrequency / limit.PerSecond));
}
