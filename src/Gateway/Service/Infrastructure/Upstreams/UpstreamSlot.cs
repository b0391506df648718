using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>What a slot is doing.</summary>
internal enum UpstreamStatus
{
    Idle,
    Connecting,
    Connected,
    Failed,
}

/// <summary>
/// The one connection to one server: started by the first call that needs it (the others wait for the same start), made anew after it broke, with growing
/// pauses while starts fail, and closed when it is retired and nobody uses it any more.
/// </summary>
internal sealed class UpstreamSlot(UpstreamKey key, ServerConnection how, IConnectionFactory factory, TimeSpan startTimeout, TimeProvider time) : IUpstreamUse
{
    /// <summary>The second failure in a row costs 200 ms of quick refusals, then twice as long each time, 10 s at most.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private NewConnection? _current;
    private Task<NewConnection>? _starting;
    private CallFailureException? _lastFailure;
    private int _failures;
    private long _failedAt;
    private long _usedAt = time.GetTimestamp();
    private int _uses;
    private bool _retired;
    private bool _aborted;

    public UpstreamKey Key => key;

    /// <summary>Name of the launcher of a stdio server; null otherwise.</summary>
    public string? Launcher => how.Launcher;

    public UpstreamStatus Status
    {
        get
        {
            lock (_gate)
            {
                return _starting is not null ? UpstreamStatus.Connecting
                    : _current is { Connection.IsClosed: false } ? UpstreamStatus.Connected
                    : _failures > 0 ? UpstreamStatus.Failed
                    : UpstreamStatus.Idle;
            }
        }
    }

    /// <summary>The connection, if it stands.</summary>
    public IUpstreamConnection? Connected
    {
        get
        {
            lock (_gate)
            {
                return _current is { Connection: { IsClosed: false } standing } ? standing : null;
            }
        }
    }

    /// <summary>How long nobody has used it; zero while somebody does.</summary>
    public TimeSpan IdleFor
    {
        get
        {
            lock (_gate)
            {
                return _uses > 0 || _starting is not null ? TimeSpan.Zero : time.GetElapsedTime(_usedAt);
            }
        }
    }

    /// <summary>A lease on the connected connection, or null when the slot was retired: look for another one then.</summary>
    public async ValueTask<UpstreamLease?> Get(CancellationToken cancellationToken)
    {
        Task<NewConnection> starting;
        lock (_gate)
        {
            if (_retired)
            {
                return null;
            }

            _uses++;
            if (_current is { Connection.IsClosed: false })
            {
                return new UpstreamLease(_current.Connection, _current.Secrets, this);
            }

            try
            {
                starting = _starting ??= Begin();
            }
            catch (CallFailureException)
            {
                _uses--;
                throw;
            }
        }

        try
        {
            var connected = await starting.WaitAsync(cancellationToken);
            return new UpstreamLease(connected.Connection, connected.Secrets, this);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>A user is done.</summary>
    public void Release()
    {
        NewConnection? over = null;
        lock (_gate)
        {
            _usedAt = time.GetTimestamp();
            if (--_uses == 0 && _retired)
            {
                (over, _current) = (_current, null);
            }
        }

        Close(over);
    }

    /// <summary>Takes no new users; closes when the last one is done.</summary>
    public void Retire()
    {
        NewConnection? over = null;
        lock (_gate)
        {
            _retired = true;
            if (_uses == 0)
            {
                (over, _current) = (_current, null);
            }
        }

        Close(over);
    }

    /// <summary>Closes now, whoever uses it.</summary>
    public async ValueTask Abort()
    {
        NewConnection? over;
        lock (_gate)
        {
            _retired = _aborted = true;
            (over, _current) = (_current, null);
        }

        if (over is not null)
        {
            await over.Connection.DisposeAsync();
        }
    }

    /// <summary>Under the gate. The start belongs to no call: it goes on when the one that caused it is cancelled.</summary>
    private Task<NewConnection> Begin()
    {
        if (_failures > 1 && time.GetElapsedTime(_failedAt) < Pause())
        {
            throw new CallFailureException(_lastFailure!.Failure, _lastFailure);
        }

        var broken = _current;
        _current = null;
        return Task.Run(() => Start(broken));
    }

    private TimeSpan Pause()
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(_failures - 2, 16));
        return pause < LongestPause ? pause : LongestPause;
    }

    private async Task<NewConnection> Start(NewConnection? broken)
    {
        Close(broken);
        NewConnection? made = null;
        try
        {
            made = factory.Create(key, how);
            using var limit = new CancellationTokenSource(startTimeout, time);
            try
            {
                await made.Connection.Connect(limit.Token);
            }
            catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
            {
                throw new UpstreamException(UpstreamFailure.Timeout, $"The server did not complete the handshake within {startTimeout.TotalSeconds:0} s.", exception);
            }

            return IsStillWanted(made) ? made : throw new UpstreamException(UpstreamFailure.Closed, "The connection was given up while it was made.");
        }
        catch (Exception exception)
        {
            Close(made);
            throw Failed(exception);
        }
    }

    /// <summary>Keeps what was made, unless the slot was aborted, or retired and left by everybody, meanwhile: then nobody would ever close it.</summary>
    private bool IsStillWanted(NewConnection made)
    {
        lock (_gate)
        {
            if (_aborted || (_retired && _uses == 0))
            {
                return false;
            }

            (_current, _starting, _failures, _lastFailure) = (made, null, 0, null);
            return true;
        }
    }

    private Exception Failed(Exception exception)
    {
        // A start carries no call: whatever happened, none was sent.
        var failure = CallFailure.Of(exception) is { } known
            ? new CallFailureException(known with { MayHaveRun = false, Timer = known.Kind == FailureKind.Timeout ? AttemptTimer.Connect : known.Timer, Limit = known.Kind == FailureKind.Timeout ? startTimeout : known.Limit }, exception)
            : null;
        lock (_gate)
        {
            _starting = null;
            _failures += failure is null ? 0 : 1;
            _lastFailure = failure;
            _failedAt = time.GetTimestamp();
        }

        return failure ?? exception;
    }

    private static void Close(NewConnection? connection)
    {
        if (connection is not null)
        {
            // Closing a process politely takes seconds; nobody has to wait for it.
            _ = Task.Run(async () => await connection.Connection.DisposeAsync());
        }
    }
}
