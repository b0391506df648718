using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using McpPlatform.Contracts.Gateway;

namespace McpPlatform.Gateway.Spool;

/// <summary>One record on its way to the disk: its frame in a rented buffer, and whoever waits for it.</summary>
internal sealed class PendingAppend() : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously), IBufferWriter<byte>
{
    /// <summary>Arguments and results are JSON text: the default encoder would write each of their quotes as six bytes.</summary>
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly PendingAppend Nowhere = new();

    /// <summary>Of this thread: a writer is larger than most of what it writes.</summary>
    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Frame => _buffer.AsSpan(0, Length);

    /// <summary>Serialises a record on the caller's thread, so that the writer only copies.</summary>
    public static PendingAppend Encode(CallRecord record)
    {
        var pending = new PendingAppend { _buffer = ArrayPool<byte>.Shared.Rent(2048), Length = SpoolFrame.HeaderBytes };
        var writer = s_writer ??= new Utf8JsonWriter(pending, WriterOptions);
        writer.Reset(pending);
        try
        {
            JsonSerializer.Serialize(writer, record, CallRecordJson.Default.CallRecord);
            writer.Flush();
        }
        finally
        {
            // Holds on to nothing until the next one.
            writer.Reset(Nowhere);
        }

        SpoolFrame.Seal(pending._buffer.AsSpan(0, pending.Length));
        return pending;
    }

    /// <summary>Ends the wait and gives the buffer back.</summary>
    public void Complete(bool written)
    {
        Release();
        SetResult(written);
    }

    /// <summary>Gives the buffer back: nobody waits.</summary>
    public void Release()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    void IBufferWriter<byte>.Advance(int count) => Length += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Room(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Room(sizeHint).Span;

    private Memory<byte> Room(int sizeHint)
    {
        if (_buffer.Length - Length < Math.Max(sizeHint, 1))
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + sizeHint));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(Length);
    }
}
