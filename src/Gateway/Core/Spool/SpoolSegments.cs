using System.Collections.Concurrent;
using McpPlatform.Gateway.Storage;

namespace McpPlatform.Gateway.Spool;

/// <summary>
/// The files of a spool: a list of segments, of which the last one is written and the full ones are flushed and closed in the background. Written by one at a time, who is sure to be alone;
/// all else may be asked by anybody.
/// </summary>
internal sealed class SpoolSegments
{
    private readonly SpoolOptions _options;
    private readonly SpoolFolder _folder;
    private readonly IGatewayObserver _observer;
    private readonly TimeProvider _time;

    /// <summary>Full segments: a flush takes milliseconds, and nobody who writes waits for it.</summary>
    private readonly ConcurrentQueue<FileStream> _full = new();

    /// <summary>Around the list of segments; held for an instant.</summary>
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, long> _segments;
    private long _failedAt;
    private FileStream? _active;
    private long _activeNumber;
    private long _activeBytes;
    private long _usedBytes;
    private volatile bool _failing;
    private volatile bool _dirty;

    /// <summary>Cuts what a crash left half-written.</summary>
    public SpoolSegments(SpoolFolder folder, SpoolOptions options, IGatewayObserver observer, TimeProvider time)
    {
        (_folder, _options, _observer, _time) = (folder, options, observer, time);
        _segments = _folder.Segments();
        if (_segments.Count > 0)
        {
            _activeNumber = _segments.Last().Key;
            _segments[_activeNumber] = _folder.CutTornTail(_activeNumber);
        }

        // Numbers are never used twice, also when all segments are gone: a batch id must mean one batch.
        _activeNumber = Math.Max(_activeNumber, _folder.LoadCommitted().Segment);

        _usedBytes = _segments.Values.Sum();
    }

    /// <summary>Bytes on disk.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>Whether the last write or flush failed.</summary>
    public bool IsFailing => _failing;

    /// <summary>How long ago it failed for the last time; only while it fails.</summary>
    public TimeSpan SinceFailure => _time.GetElapsedTime(Volatile.Read(ref _failedAt));

    /// <summary>The segments with their readable size, oldest first, and whether they are closed.</summary>
    public List<(long Number, long Bytes, bool Closed)> List()
    {
        lock (_gate)
        {
            var list = new List<(long, long, bool)>(_segments.Count);
            foreach (var (number, bytes) in _segments)
            {
                list.Add((number, bytes, _active is null || number != _activeNumber));
            }

            return list;
        }
    }

    /// <summary>Removes a closed segment.</summary>
    public void Delete(long number)
    {
        long bytes;
        lock (_gate)
        {
            if (!_segments.Remove(number, out bytes))
            {
                return;
            }
        }

        // Not under the gate: that takes a while, and whoever writes a record comes by there.
        File.Delete(_folder.SegmentPath(number));
        Interlocked.Add(ref _usedBytes, -bytes);
    }

    /// <summary>Writes behind what counts; false when that failed, which is told once. The writer's alone.</summary>
    public bool TryWrite(ReadOnlySpan<byte> frames)
    {
        if (!TryPut(frames))
        {
            return false;
        }

        _activeBytes += frames.Length;
        Interlocked.Add(ref _usedBytes, frames.Length);
        lock (_gate)
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

    /// <summary>
    /// Writes behind what counts and takes it back at once: after that the segments fail no more, if the disk lets them. After a crash in between a start cuts it off as a torn tail. The
    /// writer's alone.
    /// </summary>
    public void TryOut(ReadOnlySpan<byte> probe) => TryPut(probe, takeBack: true);

    /// <summary>The active segment is full, or the last one. The writer's alone.</summary>
    public void Roll()
    {
        if (_active is not { } file)
        {
            return;
        }

        try
        {
            // A failed write may have left more than what counts.
            file.SetLength(_activeBytes);
        }
        catch (IOException exception)
        {
            Failed();
            _observer.SpoolFailed(exception);
        }

        _full.Enqueue(file);
        lock (_gate)
        {
            _active = null;
        }
    }

    /// <summary>Flushes what was written since the last time. Only the one who calls this closes files, so none is closed while it is flushed.</summary>
    public void Flush()
    {
        CloseFull();
        if (_dirty && _active is { } file)
        {
            _dirty = false;
            Flush(file);
        }
    }

    /// <summary>Flushes and closes the full segments.</summary>
    public void CloseFull()
    {
        while (_full.TryDequeue(out var file))
        {
            Flush(file);
            file.Dispose();
        }
    }

    private bool TryPut(ReadOnlySpan<byte> frames, bool takeBack = false)
    {
        try
        {
            var file = _active ?? Begin();
            RandomAccess.Write(file.SafeFileHandle, frames, _activeBytes);
            if (takeBack)
            {
                RandomAccess.SetLength(file.SafeFileHandle, _activeBytes);
                _failing = false;
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
            {
                _observer.SpoolFailed(exception);
            }

            // The next write starts at the same offset and overwrites what this one left; a crash before that is a torn tail.
            Failed();
            return false;
        }
    }

    private FileStream Begin()
    {
        var file = PrivateFile.Create(_folder.SegmentPath(_activeNumber + 1));
        lock (_gate)
        {
            _activeNumber++;
            _activeBytes = 0;
            _segments[_activeNumber] = 0;
            return _active = file;
        }
    }

    private void Flush(FileStream file)
    {
        try
        {
            file.Flush(flushToDisk: true);
        }
        catch (IOException exception)
        {
            Failed();
            _observer.SpoolFailed(exception);
        }
    }

    private void Failed()
    {
        Volatile.Write(ref _failedAt, _time.GetTimestamp());
        _failing = true;
    }
}
