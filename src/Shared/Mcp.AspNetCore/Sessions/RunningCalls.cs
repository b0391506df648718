namespace McpPlatform.Mcp.AspNetCore.Sessions;

/// <summary>The requests that one session (or WebSocket connection) has running, so that a notification that comes another way can cancel one.</summary>
internal sealed class RunningCalls
{
    private readonly Dictionary<RequestId, Call> _calls = [];
    private bool _closed;

    /// <summary>How many run now.</summary>
    public int Count
    {
        get
        {
            lock (_calls)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>Registers a request until the result is disposed. Null: one with this id is running already. Once closed its token has ended.</summary>
    public Call? Start(RequestId id)
    {
        var call = new Call(this, id.Detach());
        lock (_calls)
        {
            if (!_calls.TryAdd(call.Id, call))
            {
                return null;
            }

            if (_closed)
            {
                call.Cancel();
            }
        }

        return call;
    }

    /// <summary>Cancels one request. Unknown ones are too late, which is normal.</summary>
    public void Cancel(RequestId id)
    {
        lock (_calls)
        {
            if (_calls.TryGetValue(id, out var call))
            {
                call.Cancel();
            }
        }
    }

    /// <summary>Cancels everything that runs, and what starts later.</summary>
    public void Close()
    {
        lock (_calls)
        {
            _closed = true;
            CancelAll();
        }
    }

    /// <summary>Cancels everything that runs now.</summary>
    public void CancelAll()
    {
        lock (_calls)
        {
            foreach (var call in _calls.Values)
            {
                call.Cancel();
            }
        }
    }

    /// <summary>One running request.</summary>
    internal sealed class Call(RunningCalls owner, RequestId id) : IDisposable
    {
        private readonly CancellationTokenSource _source = new();

        /// <summary>Ends when the client cancels, or with the session.</summary>
        public CancellationToken Token => _source.Token;

        internal RequestId Id => id;

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (owner._calls)
            {
                owner._calls.Remove(id);
            }

            // Never disposed while a cancellation runs through it: without a timer or a wait handle there is nothing to free.
        }

        /// <summary>Callbacks run elsewhere: they may end the call, which takes the lock.</summary>
        internal void Cancel() => _ = _source.CancelAsync();
    }
}
