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

/// <summary>What a slot needs of the pool that it is in.</summary>
internal interface ISlotOwner
{
    /// <summary>A place for its process. Throws <see cref="CallFailureException"/>.</summary>
    Task<InstancePlace> Enter(UpstreamSlot slot);

    /// <summary>Nobody uses it at the moment.</summary>
    void Left(UpstreamSlot slot);

    /// <summary>A connection of it is closed, its process gone.</summary>
    void Closed(UpstreamSlot slot, NewConnection connection);
}

/// <summary>
/// The one connection to one server, or to one part of it: started by the first call that needs it (the others wait for the same start), made anew after it broke, with
/// growing pauses while starts fail, and closed when it is retired and nobody uses it any more. A process is started only once the one before is gone.
/// </summary>
/// <param name="credentials">Whose the credentials in <paramref name="how"/> are; null = those of <paramref name="key"/>.</param>
internal sealed class UpstreamSlot(
    UpstreamKey key, ServerConnection how, IConnectionFactory factory, TimeSpan startTimeout, TimeProvider time, ISlotOwner? owner = null, UpstreamKey? credentials = null,
    ConnectionTerms terms = default) : IUpstreamUse
{
    /// <summary>The second failure in a row costs 200 ms of quick refusals, then twice as long each time, 10 s at most.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private NewConnection? _current;
    private NewConnection? _making;
    private Task<NewConnection>? _starting;
    private Task _closing = Task.CompletedTask;
    private CallFailureException? _lastFailure;
    private int _failures;
    private long _failedAt;
    private long _usedAt = time.GetTimestamp();
    private int _uses;
    private CancellationTokenRegistration _session;
    private bool _wasCalled;
    private bool _retired;
    private bool _aborted;

    public UpstreamKey Key => key;

    /// <summary>Name of the launcher of a stdio server; null otherwise.</summary>
    public string? Launcher => how.Launcher;

    public bool IsProcess => how.Transport == "stdio";

    /// <summary>As the server's entry says; null = it says nothing.</summary>
    public int? MaxInstances => how.Process?.MaxInstances;

    /// <summary>How long the entry lets it stand idle; null = it says nothing.</summary>
    public TimeSpan? IdleStop => how.Process?.IdleStopMs is { } own ? TimeSpan.FromMilliseconds(own) : null;

    /// <summary>How long whoever needs a process waits for a place, as the entry says; null = it says nothing.</summary>
    public TimeSpan? Patience => how.Timeouts?.ConnectMs is { } own ? TimeSpan.FromMilliseconds(own) : null;

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

    /// <summary>What there is, standing, broken or being made.</summary>
    public NewConnection? Latest
    {
        get
        {
            lock (_gate)
            {
                return _making ?? _current;
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

    /// <summary>False as long as it was only looked at.</summary>
    public bool WasCalled
    {
        get
        {
            lock (_gate)
            {
                return _wasCalled;
            }
        }
    }

    public bool IsRetired
    {
        get
        {
            lock (_gate)
            {
                return _retired;
            }
        }
    }

    /// <summary>A lease on the connected connection, or null when the slot was retired: look for another one then.</summary>
    /// <param name="isCall">False for a look, which does not keep it from being idle.</param>
    public async ValueTask<UpstreamLease?> Get(CancellationToken cancellationToken, bool isCall = true)
    {
        IUpstreamUse use = isCall ? this : new Look(this);
        Task<NewConnection> starting;
        lock (_gate)
        {
            if (_retired)
            {
                return null;
            }

            _uses++;
            _wasCalled |= isCall;
            if (_current is { Connection.IsClosed: false })
            {
                return new UpstreamLease(_current.Connection, _current.Secrets, use);
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
            return new UpstreamLease(connected.Connection, connected.Secrets, use);
        }
        catch
        {
            use.Release();
            throw;
        }
    }

    /// <summary>It is one session's alone: <paramref name="end"/> is called when <paramref name="session"/> ends, unless the slot is retired before. Once.</summary>
    public void EndWith(Action<UpstreamSlot> end, CancellationToken session)
    {
        var registration = session.UnsafeRegister(_ => end(this), null);
        lock (_gate)
        {
            _session = registration;
            if (_retired)
            {
                registration.Unregister();
            }
        }
    }

    /// <summary>A user is done.</summary>
    public void Release() => Leave(wasCall: true);

    /// <summary>Takes no new users; closes when the last one is done.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            SetRetired();
            if (_uses == 0)
            {
                Close();
            }
        }
    }

    /// <summary>Retires it when nobody uses it and nothing is being started; false otherwise, and nothing changes.</summary>
    public bool TryRetireIdle()
    {
        lock (_gate)
        {
            if (_uses > 0 || _starting is not null || _retired)
            {
                return false;
            }

            SetRetired();
            Close();
            return true;
        }
    }

    /// <summary>Lets go of a connection that broke; the next call makes another one. False when it stands.</summary>
    public bool DropBroken()
    {
        lock (_gate)
        {
            if (_starting is not null || _current is not { Connection.IsClosed: true })
            {
                return false;
            }

            Close();
            return true;
        }
    }

    /// <summary>Closes now, whoever uses it, also what is only just starting. The place of a process is free when it is gone.</summary>
    public async ValueTask Abort()
    {
        NewConnection? making;
        Task closing;
        lock (_gate)
        {
            SetRetired();
            _aborted = true;
            making = _making;
            Close();
            closing = _closing;
        }

        if (making is not null)
        {
            await making.Connection.DisposeAsync();
        }

        await closing;
    }

    /// <summary>Under the gate. A long session does not hold on to the connections that it had.</summary>
    private void SetRetired()
    {
        _retired = true;
        _session.Unregister();
    }

    private void Leave(bool wasCall)
    {
        bool isLeft;
        lock (_gate)
        {
            _usedAt = wasCall ? time.GetTimestamp() : _usedAt;
            isLeft = --_uses == 0;
            if (isLeft && _retired)
            {
                Close();
            }
        }

        if (isLeft)
        {
            owner?.Left(this);
        }
    }

    /// <summary>Under the gate. The start belongs to no call: it goes on when the one that caused it is cancelled.</summary>
    private Task<NewConnection> Begin()
    {
        if (_failures > 1 && time.GetElapsedTime(_failedAt) < Pause())
        {
            throw new CallFailureException(_lastFailure!.Failure, _lastFailure);
        }

        Close();
        var before = _closing;
        return Task.Run(() => Start(before));
    }

    private TimeSpan Pause()
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(_failures - 2, 16));
        return pause < LongestPause ? pause : LongestPause;
    }

    private async Task<NewConnection> Start(Task before)
    {
        NewConnection? made = null;
        InstancePlace? place = null;
        try
        {
            if (IsProcess && owner is not null)
            {
                // Two processes of one server would fight for its files and ports.
                await before;
                place = await owner.Enter(this);
            }

            made = factory.Create(credentials ?? key, how, key.Era, terms) with { Place = place };
            Announce(made);
            using var limit = new CancellationTokenSource(startTimeout, time);
            try
            {
                await made.Connection.Connect(limit.Token);
            }
            catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
            {
                throw new UpstreamException(UpstreamFailure.Timeout, $"The server did not complete the handshake within {startTimeout.TotalSeconds:0} s.", exception);
            }

            if (Keep(made))
            {
                owner?.Left(this);
            }

            return made;
        }
        catch (Exception exception)
        {
            if (made is null)
            {
                place?.Dispose();
            }

            throw Failed(made, exception);
        }
    }

    /// <summary>Makes known what is being started, so that it can be ended at any time.</summary>
    private void Announce(NewConnection made)
    {
        lock (_gate)
        {
            if (_aborted)
            {
                throw GivenUp();
            }

            made.Place?.Mark = made.Mark;
            _making = made;
        }
    }

    /// <summary>
    /// Keeps what was made, unless the slot was aborted, or retired and left by everybody, meanwhile: then nobody would ever close it. True when nobody waits for it any more.
    /// </summary>
    private bool Keep(NewConnection made)
    {
        lock (_gate)
        {
            if (_aborted || (_retired && _uses == 0))
            {
                throw GivenUp();
            }

            made.StandsSince = time.GetTimestamp();
            (_current, _making, _starting, _failures, _lastFailure) = (made, null, null, 0, null);
            return _uses == 0;
        }
    }

    private static UpstreamException GivenUp() => new(UpstreamFailure.Closed, "The connection was given up while it was made.");

    private Exception Failed(NewConnection? made, Exception exception)
    {
        // A start carries no call: whatever happened, none was sent.
        var failure = CallFailure.Of(exception) is { } known
            ? new CallFailureException(known with { MayHaveRun = false, Timer = known.Kind == FailureKind.Timeout ? AttemptTimer.Connect : known.Timer, Limit = known.Kind == FailureKind.Timeout ? startTimeout : known.Limit }, exception)
            : null;
        lock (_gate)
        {
            (_current, _making, _starting) = (made, null, null);
            Close();

            // That there was no room is no failure of the server, and no reason to wait before asking again.
            if (failure is { Failure.Kind: not FailureKind.InstanceLimit })
            {
                _failures++;
                _lastFailure = failure;
                _failedAt = time.GetTimestamp();
            }
        }

        return failure ?? exception;
    }

    /// <summary>Under the gate. Closing a process politely takes seconds; nobody has to wait for it.</summary>
    private void Close()
    {
        var (over, before) = (_current, _closing);
        _current = null;
        if (over is null)
        {
            return;
        }

        _closing = Task.Run(async () =>
        {
            try
            {
                await over.Connection.DisposeAsync();
            }
            finally
            {
                owner?.Closed(this, over);
                over.Place?.Dispose();
                await before;
            }
        });
    }

    /// <summary>A use that does not count as one when it is asked how long nobody has used the slot.</summary>
    private sealed class Look(UpstreamSlot slot) : IUpstreamUse
    {
        public void Release() => slot.Leave(wasCall: false);
    }
}
