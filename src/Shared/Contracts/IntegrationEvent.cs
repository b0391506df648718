namespace McpPlatform.Contracts;

/// <summary>
/// What every event carries. Events are hints that state changed; each consumer can rebuild from its source. Changes are additive only,
/// and a contract never moves to another namespace: the bus finds consumers by it.
/// </summary>
public interface IIntegrationEvent
{
    /// <summary>Unique per event; the consumers' inbox drops what it has seen.</summary>
    Guid EventId { get; }

    DateTimeOffset OccurredAt { get; }

    Guid TenantId { get; }
}

/// <summary>
/// An event that is work: some module keeps a durable queue for it, so that it must not vanish for want of one. Publishing it fails as long as there is no
/// such queue; its sender keeps its copy and tries again. An event is of this kind exactly when a competing consumer takes it.
/// </summary>
public interface IWorkEvent : IIntegrationEvent;
