namespace McpPlatform.Mcp.Upstream;

/// <summary>A timer that is wound up again with every sign of life, joined with the caller's own cancellation.</summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationToken _cancelled;

    public Patience(TimeSpan first, TimeProvider time, CancellationToken cancelled)
    {
        _source = new CancellationTokenSource(first, time);
        _cancelled = cancelled;
        _caller = cancelled.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>For the operation that is being waited for.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>True when time ran out rather than the caller gave up.</summary>
    public bool RanOut => _source.IsCancellationRequested && !_cancelled.IsCancellationRequested;

    /// <summary>Starts over.</summary>
    public void Renew(TimeSpan time) => _source.CancelAfter(time);

    public void Dispose()
    {
        _caller.Dispose();
        _source.Dispose();
    }
}

/// <summary>A stream that shows signs of life while it is read.</summary>
internal sealed class PatientStream(Stream inner, Patience patience, TimeSpan idle) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        patience.Renew(idle);
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
