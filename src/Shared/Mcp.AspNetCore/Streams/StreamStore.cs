namespace McpPlatform.Mcp.AspNetCore.Streams;

/// <summary>
/// The streams of one session, and what is kept of them: bounded in events and bytes. When a bound is passed, answered requests lose theirs first, then the
/// oldest events of the rest; what a connected reader has still to take is never lost.
/// </summary>
internal sealed class StreamStore(ClientSessionOptions options, ReplayMemory memory, TimeProvider time)
{
    private readonly List<EventStream> _streams = [];
    private int _numbers;
    private int _events;
    private long _bytes;
    private bool _closed;

    /// <summary>Guards this and all streams in it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>A new stream; number 0 is the first one. On a closed store it is complete.</summary>
    public EventStream Open()
    {
        lock (Gate)
        {
            var stream = new EventStream(_numbers++, this, options.MaxUnsentBytes);
            if (_closed)
            {
                stream.Complete();
            }
            else
            {
                _streams.Add(stream);
            }

            return stream;
        }
    }

    /// <summary>The stream with this number, or null when it is no longer kept.</summary>
    public EventStream? Find(int number)
    {
        lock (Gate)
        {
            return _streams.Find(stream => stream.Number == number);
        }
    }

    /// <summary>Completes every stream and keeps nothing any more. What connected readers have still to take they get.</summary>
    public void Close()
    {
        lock (Gate)
        {
            _closed = true;
            foreach (var stream in _streams.ToArray())
            {
                stream.Complete();
            }

            _streams.Clear();
            memory.Add(-_bytes);
            (_events, _bytes) = (0, 0);
        }
    }

    /// <summary>Forgets the streams of requests that were answered long ago.</summary>
    public void Sweep()
    {
        lock (Gate)
        {
            for (var i = _streams.Count - 1; i >= 0; i--)
            {
                var stream = _streams[i];
                if (stream.CompletedAt == 0 || stream.HasReader || time.GetElapsedTime(stream.CompletedAt) < options.KeepFor)
                {
                    continue;
                }

                var (events, bytes) = stream.DropAll();
                Count(-events, -bytes);
                _streams.RemoveAt(i);
            }
        }
    }

    /// <summary>Counts a new event in and makes room. Under the gate.</summary>
    internal void Added(int bytes)
    {
        if (!_closed)
        {
            Count(1, bytes);
            Trim();
        }
    }

    /// <summary>Under the gate.</summary>
    internal void Completed(EventStream stream)
    {
        stream.CompletedAt = Math.Max(1, time.GetTimestamp());
        if (stream.IsGone)
        {
            _streams.Remove(stream);
        }
    }

    /// <summary>Drops events until the bounds are kept, or nothing may go. Under the gate.</summary>
    internal void Trim()
    {
        while (!_closed && (_events > options.MaxKeptEvents || _bytes > options.MaxKeptBytes || (_events > 0 && memory.IsOver)))
        {
            var stream = _streams.Find(s => s.CompletedAt != 0 && s.CanDrop) ?? _streams.Find(s => s.CanDrop);
            if (stream is null)
            {
                return;
            }

            Count(-1, -stream.DropOldest());
            if (stream.IsGone && !stream.HasReader)
            {
                _streams.Remove(stream);
            }
        }
    }

    private void Count(int events, long bytes)
    {
        _events += events;
        _bytes += bytes;
        memory.Add(bytes);
    }
}
