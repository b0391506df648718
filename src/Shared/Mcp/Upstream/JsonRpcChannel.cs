using System.Buffers.Text;
using System.Collections.Concurrent;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// Many requests over one stream of messages (stdio, HTTP+SSE): our own ids and progress tokens outside, the callers' inside.
/// </summary>
/// <param name="client">Who we say we are.</param>
/// <param name="write">Sends one message and takes the buffer over. Throws <see cref="UpstreamException"/> when it cannot.</param>
/// <param name="onNotification">Gets what belongs to no request; called by the reader, so it must be quick. The message is valid during the call.</param>
internal sealed class JsonRpcChannel(ClientIdentity client, Func<PooledBuffer, CancellationToken, ValueTask> write, Action<Envelope>? onNotification)
{
    private static readonly TimeSpan PostTimeout = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<long, PendingCall> _pending = new();
    private UpstreamException? _closed;
    private long _lastId;

    /// <summary>Set once nothing can be sent any more.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) is not null;

    /// <summary>Sends a request in the form a revision wants and waits for its answer.</summary>
    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, ProtocolVersion version, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _lastId);
        var token = request.OnNotification is null ? default : CallMeta.CallerToken(request.Params);
        var call = new PendingCall(token, request.OnNotification);
        _pending[id] = call;
        if (Volatile.Read(ref _closed) is { } closed && _pending.TryRemove(id, out _))
        {
            throw new UpstreamException(closed.Kind, closed.Message) { NothingSent = true };
        }

        var answered = false;
        try
        {
            var message = new PooledBuffer(request.Params.Length + 512);
            CallMeta.WriteRequest(message, id, request.Method, request.Params.Span, version, client, token.IsNone ? null : id);
            request.Clock?.Wait(ExchangePhase.FirstByte);
            await write(message, cancellationToken);
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
            _pending.TryRemove(id, out _);
            if (!answered)
            {
                call.Abandon();
            }
        }
    }

    /// <summary>Sends a notification of ours. Empty parameters: none.</summary>
    public ValueTask Notify(string method, ReadOnlySpan<byte> parameters, CancellationToken cancellationToken)
    {
        var message = new PooledBuffer();
        JsonRpcWriter.WriteNotification(message, method, parameters);
        return write(message, cancellationToken);
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
                _ = Reply(message);
                break;
            default:
                Notification(message);
                break;
        }

        buffer.Dispose();
    }

    /// <summary>Ends every request, those to come too, with the first reason given.</summary>
    public void Close(UpstreamException reason)
    {
        if (Interlocked.CompareExchange(ref _closed, reason, null) is not null)
        {
            return;
        }

        foreach (var (id, _) in _pending)
        {
            if (_pending.TryRemove(id, out var call))
            {
                call.Fail(new UpstreamException(reason.Kind, reason.Message));
            }
        }
    }

    private static long? Number(ReadOnlySpan<byte> raw) => Utf8Parser.TryParse(raw, out long id, out var used) && used == raw.Length ? id : null;

    private void Answer(Envelope message, PooledBuffer buffer)
    {
        if (Number(message.Id.Raw.Span) is not { } id || !_pending.TryRemove(id, out var call))
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
        if (message.Method == McpMethods.Progress)
        {
            // Progress that nobody asked for, or that comes after the answer, has nowhere to go.
            if (Number(message.Param("progressToken"u8).Span) is { } id && _pending.TryGetValue(id, out var call) && !call.CallerToken.IsNone)
            {
                call.Notify(CallMeta.Restore(message, call.CallerToken));
            }

            return;
        }

        onNotification?.Invoke(message);
    }

    private Task Reply(Envelope request) => Post(CallMeta.Reply(request));

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
            await write(message, patience.Token);
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
