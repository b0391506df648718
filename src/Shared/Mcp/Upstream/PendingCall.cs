using System.Diagnostics.Metrics;
using System.Threading.Channels;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// One request that waits on a shared stream. The reader of the stream never waits for a caller: notifications queue up here within a budget of bytes, and are
/// handed over in order by the caller's own task. Over the budget they are dropped and counted; the answer never is.
/// </summary>
/// <param name="callerToken">What the caller calls its progress; none when it wants none.</param>
internal sealed class PendingCall(UpstreamRequest request, RequestId callerToken, Questions questions)
{
    private const int QueueBytes = 4 * 1024 * 1024;
    private const int LeastCharge = 256;

    private static readonly Meter Meter = new("McpPlatform.Mcp");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "mcp.upstream.notifications.dropped", "{notification}", "Notifications of upstream calls dropped because the caller read them too slowly.");

    private readonly TaskCompletionSource<UpstreamAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Piece>? _queue = request is { OnNotification: null, OnQuestion: null }
        ? null
        : Channel.CreateUnbounded<Piece>(new() { SingleReader = true, SingleWriter = true });

    private int _queued;

    /// <summary>What the caller calls its progress; none when it wants none.</summary>
    public RequestId CallerToken => callerToken;

    public bool TakesNotifications => request.OnNotification is not null;

    public bool TakesQuestions => request.OnQuestion is not null;

    /// <summary>What the caller calls its subscription; none: as it is here.</summary>
    public RequestId SubscriptionId => request.SubscriptionId;

    /// <summary>Hands over everything in order, then returns the answer.</summary>
    public async ValueTask<UpstreamAnswer> Wait(CancellationToken cancellationToken)
    {
        try
        {
            if (_queue is not null)
            {
                await foreach (var piece in _queue.Reader.ReadAllAsync(cancellationToken))
                {
                    Interlocked.Add(ref _queued, -Charge(piece.Message));
                    await Hand(piece, cancellationToken);
                }
            }

            return await _answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Drain();
        }
    }

    /// <summary>Queues a notification; takes it over in any case.</summary>
    public void Notify(PooledBuffer message) => Queue(new Piece(message, null));

    /// <summary>Queues a question of the server, to be answered when everything before it was handed over; takes the buffer over in any case.</summary>
    public void Ask(Envelope question, PooledBuffer buffer) => Queue(new Piece(buffer, question));

    private async ValueTask Hand(Piece piece, CancellationToken cancellationToken)
    {
        if (piece.Question is { } question)
        {
            // The server may well go on reporting while it waits.
            questions.Answer(question, piece.Message, request.OnQuestion, cancellationToken);
            return;
        }

        using (piece.Message)
        {
            if (request.OnNotification is { } deliver)
            {
                await deliver(piece.Message.Written, cancellationToken);
            }
        }
    }

    private void Queue(Piece piece)
    {
        var message = piece.Message;
        if (_queue is null || Volatile.Read(ref _queued) + Charge(message) > QueueBytes)
        {
            Dropped.Add(_queue is null ? 0 : 1);
            message.Dispose();
            return;
        }

        Interlocked.Add(ref _queued, Charge(message));
        if (!_queue.Writer.TryWrite(piece))
        {
            message.Dispose();
        }
    }

    /// <summary>Ends the wait with an answer. An answer that comes too late is given back to the pool.</summary>
    public void Complete(UpstreamAnswer answer)
    {
        if (!_answer.TrySetResult(answer))
        {
            answer.Dispose();
        }

        _queue?.Writer.TryComplete();
    }

    /// <summary>Ends the wait without an answer.</summary>
    public void Fail(UpstreamException failure)
    {
        _answer.TrySetException(failure);
        _queue?.Writer.TryComplete();
    }

    /// <summary>The caller stopped waiting: what is here, or still comes, goes back to the pool.</summary>
    public void Abandon()
    {
        if (!_answer.TrySetCanceled() && _answer.Task.IsCompletedSuccessfully)
        {
            _answer.Task.Result.Dispose();
        }

        _ = _answer.Task.Exception;
        Drain();
    }

    private static int Charge(PooledBuffer message) => Math.Max(message.Written.Length, LeastCharge);

    private void Drain()
    {
        _queue?.Writer.TryComplete();
        while (_queue is not null && _queue.Reader.TryRead(out var piece))
        {
            piece.Message.Dispose();
        }
    }

    /// <summary>A notification, or a question.</summary>
    private readonly record struct Piece(PooledBuffer Message, Envelope? Question);
}
