namespace McpPlatform.Gateway.Limits;

/// <summary>What came of asking for a place.</summary>
public enum Admission
{
    /// <summary>There is a place: <see cref="Bulkhead.Leave"/> gives it back.</summary>
    Entered,

    /// <summary>Too many wait already.</summary>
    Full,

    /// <summary>None became free in time.</summary>
    TooLate,
}

/// <summary>
/// So many calls under way at once, and a bounded queue for the others in which principals take turns, whoever has how many calls in it. While there is room for
/// all, nothing is locked: one number counts those under way (lower half) and those that wait (upper half, changed under the lock only).
/// </summary>
public sealed class Bulkhead(int most, int mostWaiting)
{
    private const long OneWaiting = 1L << 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly LinkedList<Line> _turns = new();
    private long _state;
    private volatile int _most = most;
    private volatile int _mostWaiting = mostWaiting;

    /// <summary>As it was set.</summary>
    public int Most => _most;

    public int UnderWay => (int)(uint)Volatile.Read(ref _state);

    public int Waiting => (int)(Volatile.Read(ref _state) >> 32);

    /// <summary>Sets other bounds; those inside stay, and those that wait come in as places allow.</summary>
    public void Set(int places, int waiting)
    {
        (_most, _mostWaiting) = (places, waiting);
        lock (_gate)
        {
            Admit();
        }
    }

    /// <summary>Enters if there is room and nobody waits.</summary>
    public bool TryEnter()
    {
        var seen = Volatile.Read(ref _state);
        while (seen < _most)
        {
            var found = Interlocked.CompareExchange(ref _state, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Waits for a place, at the end of the principal's own line. Throws when cancelled, and then waits no more.</summary>
    public async ValueTask<Admission> Wait(string principal, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Queue(principal) is not { } waiter)
        {
            return Admission.Full;
        }

        try
        {
            return await waiter.Task.WaitAsync(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return TryGiveUp(waiter) ? Admission.TooLate : await waiter.Task;
        }
        catch (OperationCanceledException)
        {
            if (!TryGiveUp(waiter) && await waiter.Task == Admission.Entered)
            {
                Leave();
            }

            throw;
        }
    }

    /// <summary>Gives a place back: to the next in turn, if somebody waits.</summary>
    public void Leave()
    {
        var seen = Volatile.Read(ref _state);
        while (seen < OneWaiting)
        {
            var found = Interlocked.CompareExchange(ref _state, seen - 1, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }

        lock (_gate)
        {
            // Nobody takes it past the queue: as long as one waits, no one else enters.
            Interlocked.Decrement(ref _state);
            Admit();
        }
    }

    /// <summary>Null when there is no room in the queue. A waiter that need not wait is admitted already.</summary>
    private Waiter? Queue(string principal)
    {
        lock (_gate)
        {
            if (Waiting >= _mostWaiting && !TryMakeRoom(principal))
            {
                return null;
            }

            if (!_lines.TryGetValue(principal, out var line))
            {
                _lines[principal] = line = new Line(principal);
                _turns.AddLast(line.Turn);
            }

            var waiter = new Waiter(line);
            line.Waiters.AddLast(waiter.Place);
            Interlocked.Add(ref _state, OneWaiting);
            Admit();
            return waiter;
        }
    }

    /// <summary>Under the lock: the last of the longest line goes, if that is much longer than the principal's own. A flood cannot keep others out of the queue.</summary>
    private bool TryMakeRoom(string principal)
    {
        var longest = _turns.MaxBy(line => line.Waiters.Count);
        var own = _lines.TryGetValue(principal, out var line) ? line.Waiters.Count : 0;
        if (longest is null || longest.Waiters.Count <= own + 1)
        {
            return false;
        }

        var last = longest.Waiters.Last!.Value;
        Remove(last);
        last.SetResult(Admission.Full);
        return true;
    }

    private bool TryGiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Place.List is null)
            {
                return false;
            }

            Remove(waiter);
            return true;
        }
    }

    /// <summary>Under the lock: fills the places that are free, one of each line after the other.</summary>
    private void Admit()
    {
        while (_turns.First is { } turn && UnderWay < _most)
        {
            var waiter = turn.Value.Waiters.First!.Value;
            _turns.Remove(turn);
            _turns.AddLast(turn);
            Interlocked.Increment(ref _state);
            Remove(waiter);
            waiter.SetResult(Admission.Entered);
        }
    }

    /// <summary>Under the lock.</summary>
    private void Remove(Waiter waiter)
    {
        var line = waiter.Line;
        line.Waiters.Remove(waiter.Place);
        if (line.Waiters.Count == 0)
        {
            _lines.Remove(line.Principal);
            _turns.Remove(line.Turn);
        }

        Interlocked.Add(ref _state, -OneWaiting);
    }

    /// <summary>The calls of one principal that wait.</summary>
    private sealed class Line
    {
        public Line(string principal) => (Principal, Turn) = (principal, new LinkedListNode<Line>(this));

        public string Principal { get; }

        public LinkedListNode<Line> Turn { get; }

        public LinkedList<Waiter> Waiters { get; } = new();
    }

    private sealed class Waiter : TaskCompletionSource<Admission>
    {
        public Waiter(Line line)
            : base(TaskCreationOptions.RunContinuationsAsynchronously) => (Line, Place) = (line, new LinkedListNode<Waiter>(this));

        public Line Line { get; }

        public LinkedListNode<Waiter> Place { get; }
    }
}
