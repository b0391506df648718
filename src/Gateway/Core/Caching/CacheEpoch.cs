namespace McpPlatform.Gateway.Caching;

/// <summary>Counts what a server said of changes. A result that was under way meanwhile is not kept: it may be from before. Lives on when snapshots change.</summary>
public sealed class CacheEpoch
{
    private long _number;

    internal long Number => Volatile.Read(ref _number);

    internal void Advance() => Interlocked.Increment(ref _number);
}
