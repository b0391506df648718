namespace McpPlatform.Messaging;

/// <summary>
/// Lets the messages of one queue in. New ones go side by side. A message that comes again may be the one that killed its process: it goes alone, so that it
/// takes nobody along, and new ones wait. Who came least often goes first, and at each further round the order is turned round: whichever message is
/// the killer, those beside it get through before the broker gives up on all of them.
/// </summary>
internal sealed class SuspectGate(TimeProvider clock)
{
    /// <summary>50 ms: what the broker hands out after a restart is all here by then (it sends a window of messages at once).</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<Waiter> _suspects = [];
    private readonly List<Waiter> _waiting = [];
    private int _running;
    private bool _alone;
    private bool _settled;

    /// <summary>Waits until the message may be handled; disposing of the turn lets the next in.</summary>
    /// <param name="redeliveries">How often the broker handed it out before; 0 = new.</param>
    public async Task<IDisposable> Enter(Guid message, long redeliveries, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(this, message, redeliveries);
        lock (_lock)
        {
            if (redeliveries == 0 && _suspects.Count == 0 && !_alone)
            {
                _running++;
                return waiter;
            }

            Queue(waiter);
        }

        try
        {
            await waiter.Turn.Task.WaitAsync(cancellationToken);
            return waiter;
        }
        catch (OperationCanceledException)
        {
            Withdraw(waiter);
            throw;
        }
    }

    private void Queue(Waiter waiter)
    {
        if (waiter.Redeliveries == 0)
        {
            _waiting.Add(waiter);
            return;
        }

        if (_suspects.Count == 0 && !_settled)
        {
            _ = Settle();
        }

        _suspects.Add(waiter);
        LetIn();
    }

    private async Task Settle()
    {
        await Task.Delay(Settling, clock);
        lock (_lock)
        {
            _settled = true;
            LetIn();
        }
    }

    private void LetIn()
    {
        if (_alone || (_suspects.Count > 0 && (!_settled || _running > 0)))
        {
            return;
        }

        if (_suspects.Count > 0)
        {
            var next = _suspects.Min()!;
            _suspects.Remove(next);
            _alone = true;
            next.Turn.SetResult();
            return;
        }

        _settled = false;
        _running += _waiting.Count;
        _waiting.ForEach(w => w.Turn.SetResult());
        _waiting.Clear();
    }

    private void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Redeliveries == 0)
            {
                _running--;
            }
            else
            {
                _alone = false;
            }

            LetIn();
        }
    }

    private void Withdraw(Waiter waiter)
    {
        lock (_lock)
        {
            if (_suspects.Remove(waiter) || _waiting.Remove(waiter))
            {
                LetIn();
                return;
            }
        }

        // Its turn had come already.
        Leave(waiter);
    }

    private sealed class Waiter(SuspectGate gate, Guid message, long redeliveries) : IDisposable, IComparable<Waiter>
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Redeliveries => redeliveries;

        private Guid Message => message;

        public void Dispose() => gate.Leave(this);

        public int CompareTo(Waiter? other)
        {
            var byCount = redeliveries.CompareTo(other!.Redeliveries);
            return byCount != 0 ? byCount : redeliveries % 2 == 1 ? message.CompareTo(other.Message) : other.Message.CompareTo(message);
        }
    }
}
