using System.Text;

namespace McpPlatform.Mcp.Upstream;

/// <summary>Keeps the last bytes of a stream of text, in a ring that never grows. Thread-safe.</summary>
internal sealed class TextTail(int capacity)
{
    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[capacity];
    private long _written;

    /// <summary>Appends; what is older than the capacity is forgotten.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            // What goes at once was written all the same: it counts, and moves the place of the rest.
            var skipped = Math.Max(0, bytes.Length - capacity);
            _written += skipped;
            bytes = bytes[skipped..];
            var at = (int)(_written % capacity);
            var first = Math.Min(bytes.Length, capacity - at);
            bytes[..first].CopyTo(_ring.AsSpan(at));
            bytes[first..].CopyTo(_ring);
            _written += bytes.Length;
        }
    }

    /// <summary>What is kept, oldest first. A character cut at the front shows as U+FFFD.</summary>
    public StderrTail Read()
    {
        lock (_gate)
        {
            var at = (int)(_written % capacity);
            return _written <= capacity
                ? new StderrTail(Encoding.UTF8.GetString(_ring, 0, (int)_written), false)
                : new StderrTail(Encoding.UTF8.GetString([.. _ring.AsSpan(at), .. _ring.AsSpan(0, at)]), true);
        }
    }
}

/// <summary>The end of what a process wrote to its error stream.</summary>
/// <param name="IsCut">True when it wrote more before.</param>
public sealed record StderrTail(string Text, bool IsCut)
{
    public static StderrTail Empty { get; } = new("", false);
}
