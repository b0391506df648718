using System.Collections.Concurrent;

namespace McpPlatform.Messaging;

/// <summary>
/// On the in-memory bus, publishing says nothing about consuming. This lets a publisher wait until each competing consumer of the message has committed, so that an
/// outbox row outlives a crash in between.
/// </summary>
internal sealed class DeliveryTracker(IReadOnlyList<ConsumerRegistration> consumers)
{
    private readonly ConcurrentDictionary<(Guid Message, string Queue), TaskCompletionSource> _pending = new();

    private readonly Dictionary<Type, string[]> _queues = consumers
        .Where(c => c.Competing)
        .SelectMany(c => c.Messages.Select(m => (Message: m, c.Queue)))
        .GroupBy(c => c.Message, c => c.Queue)
        .ToDictionary(g => g.Key, g => g.ToArray());

    /// <summary>Starts to wait, before the message is published.</summary>
    public Delivery Expect(Type message, Guid messageId)
    {
        var queues = _queues.GetValueOrDefault(message, []);
        var tasks = new Task[queues.Length];
        for (var i = 0; i < queues.Length; i++)
        {
            tasks[i] = _pending.GetOrAdd((messageId, queues[i]), static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        return new Delivery(this, messageId, queues, Task.WhenAll(tasks));
    }

    /// <summary>A consumer has committed, or the message was kept as a dead letter.</summary>
    public void Committed(Guid messageId, string queue)
    {
        if (_pending.TryGetValue((messageId, queue), out var waiter))
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>A consumer could not handle it now, and nobody else has it: its sender keeps it.</summary>
    public void Failed(Guid messageId, string queue, Exception reason)
    {
        if (_pending.TryGetValue((messageId, queue), out var waiter))
        {
            waiter.TrySetException(reason);
        }
    }

    private void Forget(Guid messageId, string[] queues)
    {
        foreach (var queue in queues)
        {
            _pending.TryRemove((messageId, queue), out _);
        }
    }

    /// <summary>One awaited message.</summary>
    internal sealed class Delivery(DeliveryTracker tracker, Guid messageId, string[] queues, Task done) : IDisposable
    {
        public Task Done => done;

        public void Dispose() => tracker.Forget(messageId, queues);
    }
}
