using System.Buffers.Text;
using System.Globalization;
using System.Text;
using McpPlatform.Mcp.AspNetCore.Streams;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.AspNetCore.Sessions;

/// <summary>What one client was asked and has not answered. Ids are our own and never used twice in a session.</summary>
internal sealed class Questions(int most)
{
    private readonly Dictionary<long, TaskCompletionSource<RpcAnswer>> _open = [];
    private long _last;
    private bool _closed;

    /// <summary>
    /// Asks on a stream and waits. Cancelling tells the client on the same stream, unless it answered first: then the answer counts. With too many open
    /// questions the answer is an error of ours.
    /// </summary>
    public async ValueTask<RpcAnswer> Ask(EventStream stream, string method, ReadOnlyMemory<byte> rawParams, bool wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<RpcAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        long id;
        lock (_open)
        {
            if (_closed)
            {
                throw new SessionEndedException();
            }

            if (_open.Count >= most)
            {
                return new(true, Encoding.UTF8.GetBytes($"{{\"code\":{ErrorCodes.InternalError},\"message\":\"Too many questions to the client are open.\"}}"), null);
            }

            id = ++_last;
            _open.Add(id, answer);
        }

        try
        {
            await Send(stream, id, method, rawParams, wait, cancellationToken);
            return await answer.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (!TryTake(id, out _))
            {
                return await answer.Task;
            }

            SendCancelled(stream, id);
            throw;
        }
    }

    /// <summary>Routes a client's answer to the question, once. False: nothing waits for it (any more).</summary>
    public bool Answer(Envelope response)
    {
        if (!Utf8Parser.TryParse(response.Id.Raw.Span, out long id, out var used) || used != response.Id.Raw.Length || !TryTake(id, out var question))
        {
            return false;
        }

        var payload = response.Error.IsEmpty ? response.Result : response.Error;
        var copy = PooledBuffer.Copy(payload.Span);
        return question!.TrySetResult(new(!response.Error.IsEmpty, copy.Written, copy));
    }

    /// <summary>Fails every open question, and those to come.</summary>
    public void Close()
    {
        TaskCompletionSource<RpcAnswer>[] open;
        lock (_open)
        {
            _closed = true;
            open = [.. _open.Values];
            _open.Clear();
        }

        foreach (var question in open)
        {
            question.TrySetException(new SessionEndedException());
        }
    }

    private static async ValueTask Send(EventStream stream, long id, string method, ReadOnlyMemory<byte> rawParams, bool wait, CancellationToken cancellationToken)
    {
        using var message = new PooledBuffer(rawParams.Length + 128);
        JsonRpcWriter.WriteRequest(message, id, method, rawParams.Span);
        await stream.Add(message.Written.Span, wait, cancellationToken);
    }

    private static void SendCancelled(EventStream stream, long id)
    {
        using var message = new PooledBuffer();
        JsonRpcWriter.WriteNotification(
            message,
            McpMethods.Cancelled,
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"requestId\":{id},\"reason\":\"The answer is no longer needed.\"}}")));

        // It is on its way; whether the reader keeps up is not for the one who cancelled to wait for.
        _ = stream.Add(message.Written.Span, wait: true, CancellationToken.None).AsTask();
    }

    private bool TryTake(long id, out TaskCompletionSource<RpcAnswer>? question)
    {
        lock (_open)
        {
            return _open.Remove(id, out question);
        }
    }
}
