using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// Many requests over one stream of messages (stdio, HTTP+SSE): our own ids and progress tokens outside, the callers' inside.
/// </summary>
/// <remarks>
/// What a server sends is attributed as exactly as its era allows: progress by token, events of a subscription by its id. Logs and requests of the server carry neither: where one
/// client stands behind the connection they go to the latest request under way that takes them, in order with everything else of it; where several do, nobody gets them.
/// </remarks>
internal sealed class JsonRpcChannel
{
    private static readonly TimeSpan PostTimeout = TimeSpan.FromSeconds(5);

    private readonly ClientIdentity _client;
    private readonly Func<PooledBuffer, CancellationToken, ValueTask> _write;
    private readonly IUpstreamPeer? _peer;
    private readonly bool _isExclusive;
    private readonly Questions _questions;
    private readonly SessionLevel _level = new();
    private readonly PendingCalls _pending;
    private UpstreamException? _closed;
    private long _lastId;

    /// <param name="client">Who we say we are.</param>
    /// <param name="write">Sends one message and takes the buffer over. Throws <see cref="UpstreamException"/> when it cannot.</param>
    /// <param name="peer">Gets what belongs to no request; null: nobody does.</param>
    /// <param name="isExclusive">Whether one client stands behind the connection.</param>
    public JsonRpcChannel(ClientIdentity client, Func<PooledBuffer, CancellationToken, ValueTask> write, IUpstreamPeer? peer, bool isExclusive)
    {
        (_client, _write, _peer, _isExclusive) = (client, write, peer, isExclusive);
        _pending = new PendingCalls(isExclusive);
        _questions = new Questions(Post);
    }

    /// <summary>Set once nothing can be sent any more.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) is not null;

    /// <summary>Sends a request in the form a revision wants and waits for its answer.</summary>
    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, ProtocolVersion version, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _lastId);
        var token = request.OnNotification is null ? default : CallMeta.CallerToken(request.Params);
        var call = new PendingCall(request, token, _questions);
        _pending.Add(id, call);
        if (Volatile.Read(ref _closed) is { } closed && _pending.Take(id) is not null)
        {
            throw new UpstreamException(closed.Kind, closed.Message) { NothingSent = true };
        }

        var answered = false;
        try
        {
            var message = new PooledBuffer(request.Params.Length + 512);
            CallMeta.WriteRequest(message, id, request.Method, request.Params.Span, version, _client, token.IsNone ? null : id);
            request.Clock?.Wait(ExchangePhase.FirstByte);
            await _write(message, cancellationToken);
            var answer = await call.Wait(cancellationToken);
            answered = true;
            return answer;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Cancel(id, request.Method);
            throw;
        }
        finally
        {
            _pending.Take(id);
            if (!answered)
            {
                call.Abandon();
            }
        }
    }

    /// <summary>As the other, after a handshake: the server is told first of a level that the request wants.</summary>
    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, UpstreamHandshake handshake, CancellationToken cancellationToken)
    {
        if (request.LogLevel is not null || request.Method == McpMethods.SetLogLevel)
        {
            await _level.Prepare(request, handshake, _isExclusive, (level, token) => Tell(level, handshake.Version, token));
        }

        return await Send(request, handshake.Version, cancellationToken);
    }

    /// <summary>Sends what a session begins with. Throws <see cref="UpstreamException"/>.</summary>
    public async Task Open(UpstreamHandshake handshake, CancellationToken cancellationToken)
    {
        foreach (var request in _peer?.Opening ?? [])
        {
            await Tell(request, handshake.Version, cancellationToken);
        }
    }

    private async Task Tell(UpstreamRequest request, ProtocolVersion version, CancellationToken cancellationToken)
    {
        using var answer = await Send(request, version, cancellationToken);
    }

    /// <summary>Sends a notification of ours. Empty parameters: none.</summary>
    public ValueTask Notify(string method, ReadOnlySpan<byte> parameters, CancellationToken cancellationToken)
    {
        var message = new PooledBuffer();
        JsonRpcWriter.WriteNotification(message, method, parameters);
        return _write(message, cancellationToken);
    }

    /// <summary>Takes one message from the server, and its buffer. What is no message (a server that prints to its output) is passed over.</summary>
    public void Receive(PooledBuffer buffer)
    {
        if (EnvelopeParser.Parse(buffer.Written).Envelope is not { } message)
        {
            buffer.Dispose();
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.Response:
                Answer(message, buffer);
                return;
            case MessageKind.Request:
                Question(message, buffer);
                return;
            default:
                Notification(message);
                buffer.Dispose();
                return;
        }
    }

    /// <summary>Ends every request, those to come too, with the first reason given.</summary>
    public void Close(UpstreamException reason)
    {
        if (Interlocked.CompareExchange(ref _closed, reason, null) is not null)
        {
            return;
        }

        _questions.Close();
        foreach (var call in _pending.TakeAll())
        {
            call.Fail(new UpstreamException(reason.Kind, reason.Message));
        }
    }

    private void Answer(Envelope message, PooledBuffer buffer)
    {
        if (_pending.Take(message.Id.Raw) is not { } call)
        {
            buffer.Dispose();
        }
        else if (!JsonMembers.IsObject(message.Result.Span) && !JsonMembers.IsObject(message.Error.Span))
        {
            buffer.Dispose();
            call.Fail(UpstreamException.Protocol("The upstream answered with a result that is no object."));
        }
        else
        {
            call.Complete(new UpstreamAnswer(message, buffer));
        }
    }

    private void Notification(Envelope message)
    {
        switch (message.Method)
        {
            case McpMethods.Progress:
                // Progress that nobody asked for, or that comes after the answer, has nowhere to go.
                if (_pending.Find(message.Param("progressToken"u8)) is { CallerToken.IsNone: false } asked)
                {
                    asked.Notify(CallMeta.Restore(message, asked.CallerToken));
                }

                return;
            case McpMethods.Cancelled:
                _questions.Cancel(message);
                return;
            case McpMethods.LogMessage when _pending.Latest(call => call.TakesNotifications) is { } call:
                call.Notify(PooledBuffer.Copy(message.Bytes.Span));
                return;
            case McpMethods.LogMessage when !_isExclusive:
                return;
        }

        var subscription = JsonMembers.Find(message.Meta.Raw, "io.modelcontextprotocol/subscriptionId"u8);
        if (subscription.IsEmpty)
        {
            _peer?.Notified(message);
        }
        else if (_pending.Find(subscription) is { } subscribed)
        {
            subscribed.Notify(CallMeta.RestoreSubscription(message, subscribed.SubscriptionId));
        }
    }

    private void Question(Envelope question, PooledBuffer buffer)
    {
        if (question.Method == McpMethods.Ping || !_isExclusive)
        {
            _questions.Answer(question, buffer, null, CancellationToken.None);
        }
        else if (_pending.Latest(call => call.TakesQuestions) is { } call)
        {
            call.Ask(question, buffer);
        }
        else
        {
            _questions.Answer(question, buffer, _peer is { } peer ? peer.Asked : null, CancellationToken.None);
        }
    }

    private void Cancel(long id, string method)
    {
        // The handshake must not be cancelled (2025-11-25, Cancellation).
        if (method != McpMethods.Initialize && !IsClosed)
        {
            _ = Post(CallMeta.Cancel(id));
        }
    }

    /// <summary>
    /// Sends something nobody waits for, and gives up when the server does not take it. A failure is reported where it counts: to the requests.
    /// </summary>
    private async Task Post(PooledBuffer message)
    {
        using var patience = new CancellationTokenSource(PostTimeout);
        try
        {
            await _write(message, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The server does not read: its requests will run out of time, too.
        }
        catch (UpstreamException failure)
        {
            Close(failure);
        }
    }
}
