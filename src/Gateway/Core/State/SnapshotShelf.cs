namespace McpPlatform.Gateway.State;

/// <summary>The last good snapshots on disk, for a cold start. A disk that refuses does not keep a good snapshot from ruling; it only makes the next cold start poorer.</summary>
internal sealed class SnapshotShelf(SnapshotFiles files, IGatewayObserver observer, TimeProvider time)
{
    /// <summary>How often a confirmation is noted: after a crash the snapshot counts as this much older at most.</summary>
    private static readonly TimeSpan NoteEvery = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, long> _notedAt = new(StringComparer.Ordinal);

    public delegate void Taker(ReadOnlySpan<byte> content, TimeSpan age);

    /// <summary>Keeps a snapshot that rules.</summary>
    public void Keep(string name, ReadOnlySpan<byte> content)
    {
        try
        {
            files.Save(name, content);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            observer.SnapshotNotKept(name, exception);
        }
    }

    /// <summary>What is kept rules still.</summary>
    public void Note(string name)
    {
        if (_notedAt.TryGetValue(name, out var at) && time.GetElapsedTime(at) < NoteEvery)
        {
            return;
        }

        _notedAt[name] = time.GetTimestamp();
        try
        {
            files.Confirm(name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            observer.SnapshotNotKept(name, exception);
        }
    }

    /// <summary>Hands over what is kept, if anything is.</summary>
    public void Restore(string name, Taker take)
    {
        try
        {
            if (files.Load(name) is { } kept)
            {
                take(kept.Content, kept.Age);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            observer.SnapshotUnreadable(name, exception);
        }
    }
}
