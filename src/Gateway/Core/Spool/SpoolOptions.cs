namespace McpPlatform.Gateway.Spool;

/// <summary>Where call records wait on disk until tracing has stored them, and how much of them.</summary>
/// <param name="Folder">Owned by one gateway process at a time.</param>
/// <param name="GatewayName">What people call this gateway: the host's name, usually.</param>
/// <param name="SegmentBytes">A segment that has reached this size is closed. 8 MiB: a few thousand calls, the unit that is deleted or sent again after a restart.</param>
/// <param name="MaxBytes">All segments together. Over it, records are dropped and counted, and calls that require audit are refused.</param>
/// <param name="FlushInterval">Longest time between a write and its fsync. A killed process loses nothing; a power cut loses this much at most.</param>
public sealed record SpoolOptions(string Folder, string GatewayName, long SegmentBytes = 8 << 20, long MaxBytes = 1L << 30, TimeSpan? FlushInterval = null)
{
    /// <summary>256 KiB. Larger records are dropped; arguments and result of 16 KiB each stay well below it whatever their escaping.</summary>
    internal const int MaxRecordBytes = 256 << 10;

    internal TimeSpan FlushEvery => FlushInterval ?? TimeSpan.FromMilliseconds(50);
}

/// <summary>A place in the spool: a segment's number and a byte within it.</summary>
public readonly record struct SpoolPosition(long Segment, long Offset) : IComparable<SpoolPosition>
{
    public int CompareTo(SpoolPosition other) => Segment != other.Segment ? Segment.CompareTo(other.Segment) : Offset.CompareTo(other.Offset);

    public static bool operator <(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) >= 0;
}
