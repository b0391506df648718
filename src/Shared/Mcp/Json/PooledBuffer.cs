using System.Buffers;

namespace McpPlatform.Mcp.Json;

/// <summary>
/// A growing buffer over the shared pool with one owner: whoever holds it disposes it, once, and uses nothing of it afterwards. Not for two threads at once.
/// </summary>
/// <param name="capacity">First size in bytes.</param>
public sealed class PooledBuffer(int capacity = 1024) : IBufferWriter<byte>, IDisposable
{
    private byte[] _array = MessageMemory.Rent(capacity);
    private int _written;

    /// <summary>What was written so far; valid until the next write or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _written);

    /// <summary>Bytes of memory that it holds.</summary>
    public int Capacity => _array.Length;

    /// <summary>A copy of <paramref name="bytes"/>.</summary>
    public static PooledBuffer Copy(ReadOnlySpan<byte> bytes)
    {
        var buffer = new PooledBuffer(Math.Max(bytes.Length, 1));
        buffer.Write(bytes);
        return buffer;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _written);
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_written);
    }

    /// <summary>Appends.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        Reserve(bytes.Length);
        bytes.CopyTo(_array.AsSpan(_written));
        _written += bytes.Length;
    }

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => _written = 0;

    /// <summary>Gives the memory back. A second call does nothing.</summary>
    public void Dispose()
    {
        var array = Interlocked.Exchange(ref _array, []);
        _written = 0;
        if (array.Length > 0)
        {
            MessageMemory.Return(array);
        }
    }

    private void Reserve(int size)
    {
        size = Math.Max(size, 1);
        if (_array.Length - _written >= size)
        {
            return;
        }

        ObjectDisposedException.ThrowIf(_array.Length == 0, this);
        var larger = MessageMemory.Rent(checked(Math.Max(_array.Length * 2, _written + size)));
        _array.AsSpan(0, _written).CopyTo(larger);
        MessageMemory.Return(_array);
        _array = larger;
    }
}
