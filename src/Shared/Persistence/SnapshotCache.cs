namespace McpPlatform.Persistence;

/// <summary>The last snapshot that was read, so that many gateways cost one reading for each change.</summary>
public sealed class SnapshotCache<TSnapshot>
    where TSnapshot : class
{
    private Entry? _last;

    /// <summary>The snapshot of this version, if it is the one kept.</summary>
    public TSnapshot? Find(long version) => Volatile.Read(ref _last) is { } last && last.Version == version ? last.Snapshot : null;

    /// <summary>Keeps it, unless a newer one is kept already.</summary>
    public void Keep(long version, TSnapshot snapshot)
    {
        var entry = new Entry(version, snapshot);
        var last = Volatile.Read(ref _last);
        while (last is null || last.Version < version)
        {
            var seen = Interlocked.CompareExchange(ref _last, entry, last);
            if (ReferenceEquals(seen, last))
            {
                return;
            }

            last = seen;
        }
    }

    private sealed record Entry(long Version, TSnapshot Snapshot);
}
