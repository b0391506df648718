namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// An MCP server that runs as a child process and speaks on its standard streams, one process per connection. The process starts with the first use; when
/// it ends, the connection is closed for good and its owner decides about another one.
/// </summary>
public sealed class StdioUpstream : IUpstreamConnection
{
    private readonly StdioOptions _options;
    private readonly ClientIdentity _client;
    private readonly TimeProvider _time;
    private readonly SharedAttempt<UpstreamHandshake> _connect;
    private readonly Lock _gate = new();
    private Life? _life;
    private bool _disposed;

    /// <summary>A connection that has not started its process yet.</summary>
    public StdioUpstream(StdioOptions options, ClientIdentity client, TimeProvider time)
    {
        _options = options;
        _client = client;
        _time = time;
        _connect = new(Shake);
    }

    /// <inheritdoc/>
    public bool IsClosed => _disposed || (_connect.Done is not null && _life is { Channel.IsClosed: true });

    /// <summary>Id of the child, which is also the id of its process group; null before it was started.</summary>
    public int? ProcessId => _life?.Process.ProcessId;

    /// <summary>When the child was started; null before that.</summary>
    public DateTimeOffset? StartedAt => _life?.Process.StartedAt;

    /// <summary>The end of the child's error stream. Its words, not ours: show them to operators, never log them.</summary>
    public StderrTail Stderr => _life?.Process.Stderr ?? StderrTail.Empty;

    /// <inheritdoc/>
    public ValueTask<UpstreamHandshake> Connect(CancellationToken cancellationToken) => _connect.Get(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var handshake = await Connect(cancellationToken);
        return await _life!.Channel.Send(request, handshake, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask Notify(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        if (!(await Connect(cancellationToken)).Version.IsModern)
        {
            await _life!.Channel.Notify(method, parameters.Span, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> Listen(CancellationToken cancellationToken)
    {
        await Connect(cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    /// <summary>Ends the process: closes its input, waits, SIGTERM, waits, SIGKILL to the whole tree.</summary>
    public async ValueTask DisposeAsync()
    {
        Life? life;
        lock (_gate)
        {
            (_disposed, life) = (true, _life);
        }

        if (life is not null)
        {
            life.Channel.Close(UpstreamException.Closed("The connection was closed."));
            await life.Process.Stop();
        }
    }

    private async Task<UpstreamHandshake> Shake()
    {
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _time);
        try
        {
            var life = await Restart();
            if (_options.Era != EraChoice.Legacy)
            {
                var modern = await Discover(life, limit.Token);
                if (modern is not null)
                {
                    return modern;
                }

                // Some legacy servers do not survive a question before the handshake.
                life = life.Channel.IsClosed ? await Restart() : life;
            }

            using var answer = await life.Channel.Send(Handshakes.Initialize(_client), ProtocolVersion.LatestLegacy, limit.Token);
            var handshake = Handshakes.ReadInitialize(answer);
            await life.Channel.Notify(McpMethods.Initialized, default, limit.Token);
            await life.Channel.Open(handshake, limit.Token);
            return handshake;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            await StopCurrent();
            throw new UpstreamException(UpstreamFailure.Timeout, $"The server did not complete the handshake within {_options.ConnectTimeout.TotalSeconds} s.");
        }
        catch (UpstreamException)
        {
            await StopCurrent();
            throw;
        }
    }

    /// <summary>Null: legacy.</summary>
    private async Task<UpstreamHandshake?> Discover(Life life, CancellationToken limit)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(limit);
        using var timer = _time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), patience, Handshakes.DiscoverTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            using var answer = await life.Channel.Send(Handshakes.Discover, ProtocolVersion.July2026, patience.Token);
            return Handshakes.ReadDiscover(answer) ?? OnlyIfAllowed();
        }
        catch (OperationCanceledException) when (!limit.IsCancellationRequested)
        {
            return OnlyIfAllowed();
        }
        catch (UpstreamException failure) when (failure.Kind == UpstreamFailure.Closed && _options.Era == EraChoice.Detect)
        {
            return null;
        }
    }

    private UpstreamHandshake? OnlyIfAllowed() =>
        _options.Era == EraChoice.Detect ? null : throw UpstreamException.Protocol("The server does not speak the modern revision.");

    private async Task<Life> Restart()
    {
        await StopCurrent();
        lock (_gate)
        {
            if (_disposed)
            {
                throw UpstreamException.Closed("The connection was closed.");
            }

            return _life = new Life(_options, _client, _time);
        }
    }

    private async Task StopCurrent()
    {
        if (_life is { } life)
        {
            life.Channel.Close(UpstreamException.Closed("The server's process was stopped."));
            await life.Process.Stop();
        }
    }

    /// <summary>One process and what is going on with it.</summary>
    private sealed class Life
    {
        public Life(StdioOptions options, ClientIdentity client, TimeProvider time)
        {
            Channel = new JsonRpcChannel(client, (message, cancellationToken) => Process!.Write(message, cancellationToken), options.Peer, options.IsExclusive);
            Process = new ChildProcess(options, time, Channel.Receive, Channel.Close);
        }

        public JsonRpcChannel Channel { get; }

        public ChildProcess Process { get; }
    }
}
