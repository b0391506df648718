namespace McpPlatform.Mcp.AspNetCore.Streams;

/// <summary>
/// The messages of one stream to a client, in order: what no reader has taken yet and, where a store keeps it, what may have to be sent again. Any number of
/// writers, one reader at a time; a stream outlives its readers.
/// </summary>
internal sealed class EventStream
{
    private const int MostPerTake = 64;

    private readonly StreamStore? _store;
    private readonly Lock _gate;
    private readonly long _maxUnsent;
    private readonly List<StreamEvent> _events = [];
    private EventReader? _reader;
    private TaskCompletionSource? _room;
    private long _last;
    private long _sent;
    private long _unsentBytes;
    private long _inFlightBytes;
    private bool _complete;

    /// <summary>A stream that forgets what was taken, and drops what comes while nobody reads.</summary>
    public EventStream(long maxUnsent) => (_gate, _maxUnsent) = (new Lock(), maxUnsent);

    /// <summary>A stream that can be resumed as long as <paramref name="store"/> keeps it.</summary>
    internal EventStream(int number, StreamStore store, long maxUnsent) => (Number, _store, _gate, _maxUnsent) = (number, store, store.Gate, maxUnsent);

    /// <summary>Tells the streams of a session apart; 0 is the standalone one.</summary>
    public int Number { get; }

    /// <summary>True when events have ids and can be replayed.</summary>
    public bool IsKept => _store is not null;

    /// <summary>True while a connection takes events.</summary>
    public bool HasReader => Volatile.Read(ref _reader) is not null;

    /// <summary>When it became complete, on the store's clock; 0: it is not.</summary>
    internal long CompletedAt { get; set; }

    /// <summary>Complete, and nothing of it is left.</summary>
    internal bool IsGone => _complete && _events.Count == 0;

    /// <summary>True when the oldest event may go: it was taken, or there is nobody to wait for.</summary>
    internal bool CanDrop => _events.Count > 0 && (_reader is null || _events[0].Number <= _sent);

    /// <summary>
    /// Adds a copy of a message; does nothing once complete. With <paramref name="wait"/> the task ends when the reader is not too far behind; without, a
    /// reader too far behind is sent away.
    /// </summary>
    public ValueTask Add(ReadOnlySpan<byte> message, bool wait, CancellationToken cancellationToken)
    {
        Task room;
        lock (_gate)
        {
            if (_complete || (_reader is null && _store is null))
            {
                return ValueTask.CompletedTask;
            }

            _events.Add(new(++_last, message.ToArray()));
            _unsentBytes += message.Length;
            _store?.Added(message.Length);
            _reader?.Wake();
            if (_reader is null || _unsentBytes <= _maxUnsent)
            {
                return ValueTask.CompletedTask;
            }

            if (!wait)
            {
                Release(_reader);
                return ValueTask.CompletedTask;
            }

            room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        return new(room.WaitAsync(cancellationToken));
    }

    /// <summary>Nothing comes any more; the reader goes when it has taken the rest. Twice does nothing.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (!_complete)
            {
                _complete = true;
                _store?.Completed(this);
                _reader?.Wake();
                MakeRoom();
            }
        }
    }

    /// <summary>A reader that goes on after the event <paramref name="after"/>, in place of the present one; null when not all of that is kept.</summary>
    public EventReader? Resume(long after)
    {
        lock (_gate)
        {
            if (after > _last || (after < _last && (_events.Count == 0 || _events[0].Number > after + 1)))
            {
                return null;
            }

            if (_reader is not null)
            {
                Release(_reader);
            }

            return Start(after);
        }
    }

    /// <summary>A reader of what nobody has taken yet; null when there is one.</summary>
    public EventReader? Open()
    {
        lock (_gate)
        {
            return _reader is null ? Start(_events.Count == 0 ? _last : Math.Max(_sent, _events[0].Number - 1)) : null;
        }
    }

    /// <summary>Sends the reader away when it has taken what there is. False when there is none.</summary>
    public bool SendAway(TimeSpan retry)
    {
        lock (_gate)
        {
            if (_reader is null)
            {
                return false;
            }

            _reader.LeavesFor = retry;
            _reader.Wake();
            return true;
        }
    }

    /// <summary>Takes the next events into an empty list. Taking again says that the last ones were written.</summary>
    public Taken Take(EventReader reader, List<StreamEvent> into, out long sent)
    {
        lock (_gate)
        {
            sent = _sent;
            if (_reader != reader)
            {
                return Taken.Over;
            }

            _unsentBytes -= _inFlightBytes;
            _inFlightBytes = 0;
            if (_unsentBytes <= _maxUnsent / 2)
            {
                MakeRoom();
            }

            var first = _events.Count == 0 ? 0 : (int)(_sent + 1 - _events[0].Number);
            for (var i = first; i < _events.Count && into.Count < MostPerTake; i++)
            {
                into.Add(_events[i]);
                _inFlightBytes += _events[i].Message.Length;
            }

            if (into.Count == 0)
            {
                return _complete ? Taken.Over : reader.LeavesFor is null ? Taken.Nothing : Taken.Leave;
            }

            _sent = sent = into[^1].Number;
            if (_store is null)
            {
                _events.RemoveRange(0, into.Count);
            }

            return Taken.Events;
        }
    }

    /// <summary>The reader takes no more: its connection is gone, or it was sent away.</summary>
    public void Leave(EventReader reader)
    {
        lock (_gate)
        {
            if (_reader == reader)
            {
                Release(reader);
            }
        }
    }

    /// <summary>Forgets the oldest event and tells its size. Under the store's gate.</summary>
    internal int DropOldest()
    {
        var oldest = _events[0];
        _events.RemoveAt(0);
        if (oldest.Number > _sent)
        {
            _sent = oldest.Number;
            _unsentBytes -= oldest.Message.Length;
        }

        return oldest.Message.Length;
    }

    /// <summary>Forgets everything and tells how much it was. Under the store's gate.</summary>
    internal (int Events, long Bytes) DropAll()
    {
        var dropped = (_events.Count, _events.Sum(e => (long)e.Message.Length));
        _events.Clear();
        return dropped;
    }

    private EventReader Start(long after)
    {
        _sent = after;
        _inFlightBytes = 0;
        _unsentBytes = 0;
        foreach (var e in _events)
        {
            _unsentBytes += e.Number > after ? e.Message.Length : 0;
        }

        return _reader = new EventReader(after);
    }

    private void Release(EventReader reader)
    {
        _reader = null;
        reader.Wake();
        MakeRoom();
        if (_store is null)
        {
            _events.Clear();
            _unsentBytes = 0;
        }
        else
        {
            _store.Trim();
        }
    }

    private void MakeRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }
}
