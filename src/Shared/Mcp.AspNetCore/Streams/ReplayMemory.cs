namespace McpPlatform.Mcp.AspNetCore.Streams;

/// <summary>What all sessions of the process keep for replay, in bytes.</summary>
internal sealed class ReplayMemory(long most)
{
    private long _bytes;

    /// <summary>Kept now.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>True when sessions have to give back.</summary>
    public bool IsOver => Bytes > most;

    /// <summary>Counts bytes in, or out when negative.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
