namespace McpPlatform.Messaging;

/// <summary>
/// Sends events. Only background senders that own a durable copy (outbox, spool) use it: publishing waits for the broker, so it is never on a
/// request path.
/// </summary>
public interface IEventBus
{
    /// <summary>True when the bus is connected and its topology exists. Publishing earlier could vanish; senders wait.</summary>
    bool IsReady { get; }

    /// <summary>
    /// Publishes and returns when the broker confirmed; on the in-memory bus, when every competing consumer of this process has committed. Throws
    /// <see cref="EventNotDeliveredException"/> when that did not happen within 5 s (in memory 30 s): keep the copy and send again, consumers drop duplicates.
    /// </summary>
    Task Publish(object integrationEvent, Guid eventId, CancellationToken cancellationToken);
}

/// <summary>An event was not confirmed. Its outcome is unknown: it may still arrive.</summary>
public sealed class EventNotDeliveredException(string message, Exception? inner = null) : Exception(message, inner);
