using System.Collections.Concurrent;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>The legacy requests this process is serving, so that a notification on another connection can cancel one.</summary>
internal sealed class RunningCalls
{
    private readonly ConcurrentDictionary<(Guid Session, RequestId Id), Call> _calls = new();

    /// <summary>Registers a request until the result is disposed. Null: the session has one with this id already.</summary>
    public Call? Start(Guid session, RequestId id)
    {
        var call = new Call(this, (session, id.Detach()));
        if (_calls.TryAdd(call.Key, call))
        {
            return call;
        }

        call.Dispose();
        return null;
    }

    /// <summary>Cancels one request. Unknown ones are too late, which is normal.</summary>
    public void Cancel(Guid session, RequestId id)
    {
        if (_calls.TryGetValue((session, id), out var call))
        {
            call.Cancel();
        }
    }

    /// <summary>Cancels everything a session has running.</summary>
    public void CancelAll(Guid session)
    {
        foreach (var (key, call) in _calls)
        {
            if (key.Session == session)
            {
                call.Cancel();
            }
        }
    }

    /// <summary>One running request.</summary>
    internal sealed class Call(RunningCalls owner, (Guid Session, RequestId Id) key) : IDisposable
    {
        private readonly CancellationTokenSource _source = new();
        private readonly Lock _gate = new();
        private bool _over;

        /// <summary>Ends when the client cancels.</summary>
        public CancellationToken Token => _source.Token;

        internal (Guid Session, RequestId Id) Key => key;

        /// <inheritdoc/>
        public void Dispose()
        {
            owner._calls.TryRemove(new(key, this));
            lock (_gate)
            {
                _over = true;
            }

            _source.Dispose();
        }

        internal void Cancel()
        {
            lock (_gate)
            {
                if (!_over)
                {
                    // Callbacks run elsewhere: they may end the call, which takes the lock.
                    _ = _source.CancelAsync();
                }
            }
        }
    }
}
