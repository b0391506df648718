namespace McpPlatform.Gateway.Caching;

/// <summary>
/// Counts what a server said of changes, and knows when it last did. A result that was under way meanwhile is not kept, and one that another gateway asked for before is not taken: it may be
/// from before. Lives on when snapshots change.
/// </summary>
public sealed class CacheEpoch
{
    /// <summary>1 s: so much later than other gateways may one hear of a change.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private long _number;
    private long _heardAt;

    internal long Number => Volatile.Read(ref _number);

    /// <param name="now">On the monotonic clock.</param>
    internal void Advance(long now)
    {
        Volatile.Write(ref _heardAt, now);
        Interlocked.Increment(ref _number);
    }

    /// <summary>Whether all that the server said of changes was before a question that was asked so long ago.</summary>
    internal bool IsOlderThan(TimeSpan ago, TimeProvider time) => Number == 0 || time.GetElapsedTime(Volatile.Read(ref _heardAt)) > ago + Margin;
}
