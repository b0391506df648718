namespace McpPlatform.Mcp.AspNetCore.Streams;

/// <summary>What the sessions of a tenant, or of the process, keep for replay, in bytes.</summary>
/// <param name="whole">What this is a part of; null: of nothing.</param>
internal sealed class ReplayMemory(long most, ReplayMemory? whole = null)
{
    private long _bytes;

    /// <summary>Kept now.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>True when sessions have to give back.</summary>
    public bool IsOver => Bytes > most || whole?.IsOver == true;

    /// <summary>Counts bytes in, or out when negative.</summary>
    public void Add(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        whole?.Add(bytes);
    }
}
