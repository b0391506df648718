namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// Something that is done once for everybody: the first caller starts it, others wait for the same attempt, a caller that gives up does not stop it for the
/// rest, and a failed attempt is tried again by the next caller.
/// </summary>
internal sealed class SharedAttempt<T>(Func<Task<T>> attempt)
    where T : class
{
    private readonly Lock _gate = new();
    private Task<T>? _current;

    /// <summary>The outcome, if there is one already.</summary>
    public T? Done => _current is { IsCompletedSuccessfully: true } done ? done.Result : null;

    /// <summary>The outcome, made or awaited.</summary>
    public ValueTask<T> Get(CancellationToken cancellationToken)
    {
        if (Done is { } done)
        {
            return ValueTask.FromResult(done);
        }

        Task<T> current;
        lock (_gate)
        {
            if (_current is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _current = Task.Run(attempt, CancellationToken.None);

                // Everybody may have stopped waiting when it fails; the next caller sees to it then.
                _ = _current.ContinueWith(
                    static failed => failed.Exception, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously);
            }

            current = _current;
        }

        return new(current.WaitAsync(cancellationToken));
    }

    /// <summary>The outcome once an attempt that is under way has come to an end; null when there is none, or it failed. Throws only when cancelled.</summary>
    public async Task<T?> Settled(CancellationToken cancellationToken)
    {
        Task<T>? current;
        lock (_gate)
        {
            current = _current;
        }

        if (current is not null)
        {
            await ((Task)current).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Done;
    }

    /// <summary>Forgets an outcome that turned out to be stale; a newer one stays.</summary>
    public void Forget(T stale)
    {
        lock (_gate)
        {
            if (ReferenceEquals(Done, stale))
            {
                _current = null;
            }
        }
    }
}
