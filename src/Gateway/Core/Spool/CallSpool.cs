using System.Collections.Concurrent;
using McpPlatform.Contracts.Gateway;

namespace McpPlatform.Gateway.Spool;

/// <summary>
/// Call records on disk, from the moment a call is answered until tracing has stored them. An append completes when its record is written to the file, so that a
/// killed process loses no record of an answered call; the disk is flushed in groups. One thread writes at a time, and it is nearly always the caller's own: handing
/// a record of a kilobyte to a writer and being woken by it takes several times as long as writing it. Who comes meanwhile waits for the next group.
/// </summary>
public sealed class CallSpool : IAsyncDisposable
{
    /// <summary>256 KiB per write: large enough to group hundreds of records, small enough to keep the first one's wait under a millisecond.</summary>
    private const int WriteBytes = 256 << 10;

    private readonly SpoolOptions _options;
    private readonly SpoolFolder _folder;
    private readonly TimeProvider _time;

    /// <summary>Half a second: an operator who has made room sees it work at once.</summary>
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>As much as the largest record: what would fit, fits.</summary>
    private static readonly byte[] Probe = new byte[SpoolOptions.MaxRecordBytes];

    private readonly ConcurrentQueue<PendingAppend> _waiting = new();

    private readonly CancellationTokenSource _stop = new();
    private readonly SpoolSegments _segments;
    private readonly Task _flusher;

    /// <summary>Made when records meet for the first time.</summary>
    private byte[]? _batch;

    /// <summary>1 while somebody writes: who turns it from 0 is the one, and alone writes segments.</summary>
    private int _writing;
    private bool _ended;
    private long _pendingBytes;
    private long _dropped;

    /// <summary>Opens the spool and cuts what a crash left half-written. Throws <see cref="IOException"/> when another process has the folder.</summary>
    public CallSpool(SpoolOptions options, IGatewayObserver observer, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _folder = new SpoolFolder(options.Folder);
        GatewayId = $"{options.GatewayName}-{_folder.Id}";
        _segments = new SpoolSegments(_folder, options, observer, time);
        _flusher = Task.Run(Flush);
    }

    /// <summary>Name of the gateway and id of the folder: tells this spool's batches from those of every other one, also on the same host.</summary>
    public string GatewayId { get; }

    /// <summary>Of the folder that this process alone has, also after a restart.</summary>
    public string FolderId => _folder.Id;

    /// <summary>Bytes on disk.</summary>
    public long UsedBytes => _segments.UsedBytes;

    /// <summary>Records that were not kept, since the process started.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>
    /// False while a record would be dropped: no room left, or the last write failed. A call that requires audit is refused then. While the last write
    /// failed, the spool tries the disk twice a second, and other calls go on trying.
    /// </summary>
    public bool Accepts => !_segments.IsFailing && HasRoom(SpoolOptions.MaxRecordBytes);

    /// <summary>The folder it is in.</summary>
    public string Path => _folder.Path;

    /// <summary>True when no record waits on disk.</summary>
    public bool IsEmpty => Segments().Count == 0;

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
        if (_waiting.IsEmpty && TryBegin())
        {
            var written = TryWrite(pending.Frame);
            Wrote(written, 1, size);
            pending.Release();
            End();
            return new ValueTask<bool>(written);
        }

        _waiting.Enqueue(pending);
        if (TryBegin())
        {
            // Whoever wrote was done before it could see this one.
            WriteWaiting();
        }

        return new ValueTask<bool>(pending.Task);
    }

    /// <summary>Writes what is waiting, flushes, and gives the folder free. Records that come later are dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        while (!TryBegin())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        }

        WriteGroups();
        _ended = true;
        await _stop.CancelAsync();
        await _flusher;
        _segments.Roll();
        _segments.CloseFull();
        _folder.Dispose();
        _stop.Dispose();
        End();
    }

    /// <summary>The segments with their readable size, oldest first, and whether they are closed.</summary>
    internal List<(long Number, long Bytes, bool Closed)> Segments() => _segments.List();

    /// <summary>Removes a closed segment whose records are stored elsewhere for good.</summary>
    internal void Delete(long number) => _segments.Delete(number);

    private bool HasRoom(int bytes) => _segments.UsedBytes + Volatile.Read(ref _pendingBytes) + bytes <= _options.MaxBytes;

    private ValueTask<bool> Drop(PendingAppend pending)
    {
        Interlocked.Increment(ref _dropped);
        pending.Complete(written: false);
        return new ValueTask<bool>(false);
    }

    private bool TryBegin() => Volatile.Read(ref _writing) == 0 && Interlocked.CompareExchange(ref _writing, 1, 0) == 0;

    /// <summary>Lets the next one write. Those who waited meanwhile need not wait for another caller, nor this one for them.</summary>
    private void End()
    {
        Interlocked.Exchange(ref _writing, 0);
        if (!_waiting.IsEmpty && TryBegin())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static spool => spool.WriteWaiting(), this, preferLocal: false);
        }
    }

    /// <summary>Begun by whoever calls it; ends when nobody waits.</summary>
    private void WriteWaiting()
    {
        do
        {
            WriteGroups();
            Interlocked.Exchange(ref _writing, 0);
        }
        while (!_waiting.IsEmpty && TryBegin());
    }

    private void WriteGroups()
    {
        var group = new List<PendingAppend>();
        while (!_waiting.IsEmpty)
        {
            _batch ??= new byte[WriteBytes + SpoolOptions.MaxRecordBytes];
            var bytes = 0;
            while (bytes < WriteBytes && _waiting.TryDequeue(out var pending))
            {
                pending.Frame.CopyTo(_batch.AsSpan(bytes));
                bytes += pending.Length;
                group.Add(pending);
            }

            var written = TryWrite(_batch.AsSpan(0, bytes));
            Wrote(written, group.Count, bytes);
            foreach (var pending in group)
            {
                pending.Complete(written);
            }

            group.Clear();
        }
    }

    private void Wrote(bool written, int records, int bytes)
    {
        if (!written)
        {
            Interlocked.Add(ref _dropped, records);
        }

        Interlocked.Add(ref _pendingBytes, -bytes);
    }

    private bool TryWrite(ReadOnlySpan<byte> frames) => !_ended && _segments.TryWrite(frames);

    private async Task Flush()
    {
        using var timer = new PeriodicTimer(_options.FlushEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                _segments.Flush();
                if (_segments.IsFailing && _segments.SinceFailure >= ProbeEvery && TryBegin())
                {
                    // Where every call must be recorded, none comes any more that would.
                    TryProbe();
                    End();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposal; it flushes for the last time itself.
        }
    }

    private void TryProbe()
    {
        if (!_ended)
        {
            _segments.TryOut(Probe);
        }
    }
}
