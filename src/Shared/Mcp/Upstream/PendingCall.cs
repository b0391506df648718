using System.Diagnostics.Metrics;
using System.Threading.Channels;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// One request that waits on a shared stream. The reader of the stream never waits for a caller: notifications queue up here within a budget of bytes, and are
/// handed over in order by the caller's own task. Over the budget they are dropped and counted; the answer never is.
/// </summary>
internal sealed class PendingCall(RequestId callerToken, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onNotification)
{
    private const int QueueBytes = 4 * 1024 * 1024;
    private const int LeastCharge = 256;

    private static readonly Meter Meter = new("McpPlatform.Mcp");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "mcp.upstream.notifications.dropped", "{notification}", "Notifications of upstream calls dropped because the caller read them too slowly.");

    private readonly TaskCompletionSource<UpstreamAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<PooledBuffer>? _queue =
        onNotification is null ? null : Channel.CreateUnbounded<PooledBuffer>(new() { SingleReader = true, SingleWriter = true });

    private int _queued;

    /// <summary>What the caller calls its progress; none when it wants none.</summary>
    public RequestId CallerToken => callerToken;

    /// <summary>Hands over everything in order, then returns the answer.</summary>
    public async ValueTask<UpstreamAnswer> Wait(CancellationToken cancellationToken)
    {
        try
        {
            if (_queue is not null)
            {
                await foreach (var message in _queue.Reader.ReadAllAsync(cancellationToken))
                {
                    Interlocked.Add(ref _queued, -Charge(message));
                    using (message)
                    {
                        await onNotification!(message.Written, cancellationToken);
                    }
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
    public void Notify(PooledBuffer message)
    {
        if (_queue is null || Volatile.Read(ref _queued) + Charge(message) > QueueBytes)
        {
            Dropped.Add(_queue is null ? 0 : 1);
            message.Dispose();
            return;
        }

        Interlocked.Add(ref _queued, Charge(message));
        if (!_queue.Writer.TryWrite(message))
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
        while (_queue is not null && _queue.Reader.TryRead(out var message))
        {
            message.Dispose();
        }
    }
}
