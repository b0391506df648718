using System.Collections.Concurrent;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// The requests of one server that are being answered: each exactly once, unless the server takes it back. At most <see cref="Most"/> at a time; further ones are refused, so that a
/// server cannot make us hold any number.
/// </summary>
/// <param name="reply">Sends an answer and takes the buffer over. Must not throw: what comes of a failure is its own business.</param>
internal sealed class Questions(Func<PooledBuffer, Task> reply)
{
    /// <summary>64: a server that fans out has a few.</summary>
    public const int Most = 64;

    private static readonly McpError TooMany = new(ErrorCodes.InternalError, $"More than {Most} requests are open at once.");
    private static readonly McpError Unanswered = new(ErrorCodes.InternalError, "The client could not be asked.");

    private readonly ConcurrentDictionary<RequestId, CancellationTokenSource> _open = new();
    private volatile bool _closed;

    /// <summary>Answers in the background; takes the buffer of the question over.</summary>
    /// <param name="handler">Null: a ping is answered, everything else is not known here.</param>
    public void Answer(Envelope question, PooledBuffer buffer, Func<Envelope, CancellationToken, ValueTask<RpcAnswer>>? handler, CancellationToken cancellationToken)
    {
        if (handler is null || question.Method == McpMethods.Ping)
        {
            using (buffer)
            {
                _ = reply(CallMeta.Reply(question));
            }

            return;
        }

        _ = Run(question, buffer, handler, cancellationToken);
    }

    /// <summary>The server takes a request back: no answer is expected any more.</summary>
    public void Cancel(Envelope notification)
    {
        if (RequestId.FromRaw(notification.Param("requestId"u8)) is { IsNone: false } id && _open.TryGetValue(id, out var open))
        {
            _ = open.CancelAsync();
        }
    }

    /// <summary>Nothing is answered any more.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var open in _open.Values)
        {
            _ = open.CancelAsync();
        }
    }

    private async Task Run(Envelope question, PooledBuffer buffer, Func<Envelope, CancellationToken, ValueTask<RpcAnswer>> handler, CancellationToken cancellationToken)
    {
        using var owned = buffer;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (_open.Count >= Most || !_open.TryAdd(question.Id, cancel))
        {
            await Refuse(question.Id, TooMany);
            return;
        }

        try
        {
            if (_closed)
            {
                return;
            }

            using var answer = await handler(question, cancel.Token);
            var message = new PooledBuffer(answer.Payload.Length + 64);
            if (answer.IsError)
            {
                JsonRpcWriter.WriteError(message, question.Id, answer.Payload.Span, ProtocolEra.Legacy);
            }
            else
            {
                JsonRpcWriter.WriteResult(message, question.Id, answer.Payload.Span);
            }

            await reply(message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Taken back, or the call that it belonged to is over: nobody waits for the answer.
        }
        catch
        {
            // The server must not wait for ever because of a mistake of ours; that is thrown on to whoever watches for those.
            await Refuse(question.Id, Unanswered);
            throw;
        }
        finally
        {
            _open.TryRemove(question.Id, out _);
        }
    }

    private Task Refuse(RequestId id, McpError error)
    {
        var message = new PooledBuffer();
        JsonRpcWriter.WriteError(message, id, error, ProtocolEra.Legacy);
        return reply(message);
    }
}
