using System.Threading.Channels;

namespace McpPlatform.Mcp.AspNetCore.Streams;

/// <summary>The one connection that takes the events of a stream now.</summary>
internal sealed class EventReader(long after)
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>The number of the event it started behind.</summary>
    public long After { get; } = after;

    /// <summary>Set when the reader shall go once it has taken what there is: the client was told to come back after this time.</summary>
    public TimeSpan? LeavesFor { get; set; }

    /// <summary>Ends a wait, or the next one.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>Waits for the next <see cref="Wake"/>.</summary>
    public ValueTask<bool> Wait() => _signal.Reader.ReadAsync(CancellationToken.None);
}

/// <summary>What a reader found.</summary>
internal enum Taken
{
    /// <summary>Events: write them, then take again.</summary>
    Events,

    /// <summary>None now: wait.</summary>
    Nothing,

    /// <summary>None now, and the reader shall go: the client comes back.</summary>
    Leave,

    /// <summary>There will be none: the stream is complete, or another reader took over.</summary>
    Over,
}

/// <summary>One message on a stream. Numbers count from 1 without gap; 0 is the place before the first.</summary>
internal readonly record struct StreamEvent(long Number, ReadOnlyMemory<byte> Message);
