using System.Threading.Channels;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Gateway.Storage;

namespace McpPlatform.Gateway.Spool;

/// <summary>
/// Call records on disk, from the moment a call is answered until tracing has stored them. One writer appends what many calls hand in: each waits until its
/// record is written to the file, so that a killed process loses no record of an answered call; the disk is flushed in groups.
/// </summary>
public sealed class CallSpool : IAsyncDisposable
{
    /// <summary>256 KiB per write: large enough to group hundreds of records, small enough to keep the first one's wait under a millisecond.</summary>
    private const int WriteBytes = 256 << 10;

    private readonly SpoolOptions _options;
    private readonly SpoolFolder _folder;
    private readonly IGatewayObserver _observer;
    private readonly TimeProvider _time;
    /// <summary>1 s: an operator who has made room sees it work at once.</summary>
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);

    /// <summary>As much as the largest record: what would fit, fits.</summary>
    private static readonly byte[] Probe = new byte[SpoolOptions.MaxRecordBytes];

    private readonly Channel<PendingAppend> _queue = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Around flushing and closing the active file; a flush takes milliseconds, so writes never wait for it.</summary>
    private readonly Lock _fileGate = new();

    /// <summary>Around the list of segments; held for an instant.</summary>
    private readonly Lock _segmentGate = new();
    private readonly SortedDictionary<long, long> _segments;
    private readonly byte[] _batch = new byte[WriteBytes + SpoolOptions.MaxRecordBytes];
    private readonly Task _writer;
    private readonly Task _flusher;
    private FileStream? _active;
    private long _activeNumber;
    private long _activeBytes;
    private long _usedBytes;
    private long _pendingBytes;
    private long _dropped;
    private volatile bool _failing;
    private volatile bool _dirty;

    /// <summary>Opens the spool and cuts what a crash left half-written. Throws <see cref="IOException"/> when another process has the folder.</summary>
    public CallSpool(SpoolOptions options, IGatewayObserver observer, TimeProvider time)
    {
        (_options, _observer, _time) = (options, observer, time);
        _folder = new SpoolFolder(options.Folder);
        _segments = _folder.Segments();
        if (_segments.Count > 0)
        {
            _activeNumber = _segments.Last().Key;
            _segments[_activeNumber] = _folder.CutTornTail(_activeNumber);
        }

        // Numbers are never used twice, also when all segments are gone: a batch id must mean one batch.
        _activeNumber = Math.Max(_activeNumber, _folder.LoadCommitted().Segment);

        _usedBytes = _segments.Values.Sum();
        _writer = Task.Run(Write);
        _flusher = Task.Run(Flush);
    }

    /// <summary>Name of the gateway and id of the folder: tells this spool's batches from those of every other one, also on the same host.</summary>
    public string GatewayId => $"{_options.GatewayName}-{_folder.Id}";

    /// <summary>Of the folder that this process alone has, also after a restart.</summary>
    public string FolderId => _folder.Id;

    /// <summary>Bytes on disk.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>Records that were not kept, since the process started.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>
    /// False while a record would be dropped: no room left, or the last write failed. A call that requires audit is refused then. While the last write
    /// failed, the spool tries the disk every second, and other calls go on trying.
    /// </summary>
    public bool Accepts => !_failing && HasRoom(SpoolOptions.MaxRecordBytes);

    internal SpoolFolder Folder => _folder;

    /// <summary>Keeps a record. Completes when the record is in the file (true), or dropped and counted (false). Never throws.</summary>
    public ValueTask<bool> Append(CallRecord record)
    {
        var pending = PendingAppend.Encode(record);
        var size = pending.Length;
        if (size > SpoolOptions.MaxRecordBytes || !HasRoom(size))
        {
            return Drop(pending);
        }

        Interlocked.Add(ref _pendingBytes, size);
        if (!_queue.Writer.TryWrite(pending))
        {
            Interlocked.Add(ref _pendingBytes, -size);
            return Drop(pending);
        }

        return new ValueTask<bool>(pending.Task);
    }

    /// <summary>Writes what is queued, flushes, and gives the folder free.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
        await _stop.CancelAsync();
        await _flusher;
        Roll();
        _folder.Dispose();
        _stop.Dispose();
    }

    /// <summary>The segments with their readable size, oldest first, and whether they are closed.</summary>
    internal List<(long Number, long Bytes, bool Closed)> Segments()
    {
        lock (_segmentGate)
        {
            var list = new List<(long, long, bool)>(_segments.Count);
            foreach (var (number, bytes) in _segments)
            {
                list.Add((number, bytes, _active is null || number != _activeNumber));
            }

            return list;
        }
    }

    /// <summary>Removes a closed segment whose records are stored elsewhere for good.</summary>
    internal void Delete(long number)
    {
        lock (_segmentGate)
        {
            if (_segments.Remove(number, out var bytes))
            {
                File.Delete(_folder.SegmentPath(number));
                Interlocked.Add(ref _usedBytes, -bytes);
            }
        }
    }

    private bool HasRoom(int bytes) => Volatile.Read(ref _usedBytes) + Volatile.Read(ref _pendingBytes) + bytes <= _options.MaxBytes;

    private ValueTask<bool> Drop(PendingAppend pending)
    {
        Interlocked.Increment(ref _dropped);
        pending.Complete(written: false);
        return new ValueTask<bool>(false);
    }

    private async Task Write()
    {
        var group = new List<PendingAppend>();
        while (await More())
        {
            var bytes = 0;
            while (bytes < WriteBytes && _queue.Reader.TryRead(out var pending))
            {
                pending.Frame.CopyTo(_batch.AsSpan(bytes));
                bytes += pending.Length;
                group.Add(pending);
            }

            var written = TryWrite(_batch.AsSpan(0, bytes));
            if (!written)
            {
                Interlocked.Add(ref _dropped, group.Count);
            }

            Interlocked.Add(ref _pendingBytes, -bytes);
            foreach (var pending in group)
            {
                pending.Complete(written);
            }

            group.Clear();
        }
    }

    /// <summary>
    /// Waits for records; false at the end. While writing fails, it tries the disk meanwhile: where every call must be recorded, none comes any more that would.
    /// </summary>
    private async Task<bool> More()
    {
        var more = _queue.Reader.WaitToReadAsync().AsTask();
        while (_failing && await Task.WhenAny(more, Task.Delay(ProbeEvery, _time)) != more)
        {
            // Nothing behind what counts, taken back at once; after a crash in between a start cuts it off as a torn tail.
            TryWrite(Probe, counts: false);
        }

        return await more;
    }

    private bool TryWrite(ReadOnlySpan<byte> frames, bool counts = true)
    {
        try
        {
            var file = _active ?? Begin();
            RandomAccess.Write(file.SafeFileHandle, frames, _activeBytes);
            if (!counts)
            {
                RandomAccess.SetLength(file.SafeFileHandle, _activeBytes);
                _failing = false;
                return true;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
            {
                _observer.SpoolFailed(exception);
            }

            // The next write starts at the same offset and overwrites what this one left; a crash before that is a torn tail.
            _failing = true;
            return false;
        }

        _activeBytes += frames.Length;
        Interlocked.Add(ref _usedBytes, frames.Length);
        lock (_segmentGate)
        {
            _segments[_activeNumber] = _activeBytes;
        }

        (_dirty, _failing) = (true, false);
        if (_activeBytes >= _options.SegmentBytes)
        {
            Roll();
        }

        return true;
    }

    private FileStream Begin()
    {
        var file = PrivateFile.Create(_folder.SegmentPath(_activeNumber + 1));
        lock (_segmentGate)
        {
            _activeNumber++;
            _activeBytes = 0;
            _segments[_activeNumber] = 0;
            return _active = file;
        }
    }

    private void Roll()
    {
        lock (_fileGate)
        {
            // A failed write may have left more than what counts.
            _active?.SetLength(_activeBytes);
            FlushActive();
            _active?.Dispose();
            lock (_segmentGate)
            {
                _active = null;
            }
        }
    }

    private async Task Flush()
    {
        using var timer = new PeriodicTimer(_options.FlushEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (_dirty)
                {
                    lock (_fileGate)
                    {
                        FlushActive();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposal; it flushes for the last time itself.
        }
    }

    /// <summary>Under the file gate, so that the file is not closed meanwhile.</summary>
    private void FlushActive()
    {
        _dirty = false;
        try
        {
            _active?.Flush(flushToDisk: true);
        }
        catch (IOException exception)
        {
            _failing = true;
            _observer.SpoolFailed(exception);
        }
    }
}
