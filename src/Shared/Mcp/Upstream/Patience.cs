namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// A timer that is wound up again with every sign of life, joined with the caller's own cancellation; or the caller's own clock, when it measures the time
/// itself: then nothing runs out here.
/// </summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource? _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationToken _cancelled;
    private readonly IExchangeClock? _clock;
    private bool _hasRead;

    public Patience(TimeSpan first, TimeProvider time, CancellationToken cancelled)
    {
        _source = new CancellationTokenSource(first, time);
        _cancelled = cancelled;
        _caller = cancelled.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>The caller's own clock measures, and <paramref name="cancelled"/> ends when it says so.</summary>
    public Patience(IExchangeClock clock, CancellationToken cancelled) => (_clock, _cancelled) = (clock, cancelled);

    /// <summary>For the operation that is being waited for.</summary>
    public CancellationToken Token => _source?.Token ?? _cancelled;

    /// <summary>True when time ran out rather than the caller gave up.</summary>
    public bool RanOut => _source is { IsCancellationRequested: true } && !_cancelled.IsCancellationRequested;

    /// <summary>Starts over.</summary>
    public void Renew(TimeSpan time) => _source?.CancelAfter(time);

    /// <summary>The next piece of the answer is being waited for; whatever came before it was a sign of life.</summary>
    public void Read(TimeSpan idle)
    {
        if (_clock is null)
        {
            Renew(idle);
            return;
        }

        _clock.Wait(_hasRead ? ExchangePhase.Idle : ExchangePhase.FirstByte);
        _hasRead = true;
    }

    /// <summary>The caller is handed something: its time is not the upstream's.</summary>
    public void Pause()
    {
        Renew(Timeout.InfiniteTimeSpan);
        _clock?.Wait(ExchangePhase.Caller);
    }

    public void Dispose()
    {
        _caller.Dispose();
        _source?.Dispose();
    }
}

/// <summary>A stream that shows signs of life while it is read, and ends with <see cref="UpstreamException"/> (too large) after so many bytes.</summary>
internal sealed class PatientStream(Stream inner, Patience patience, TimeSpan idle, long most) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        patience.Read(idle);
        var reading = inner.ReadAsync(buffer, cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Count(reading.Result)) : Counted(reading);
    }

    private async ValueTask<int> Counted(ValueTask<int> reading) => Count(await reading);

    private int Count(int read) => (_read += read) > most ? throw UpstreamException.TooLarge(most) : read;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
