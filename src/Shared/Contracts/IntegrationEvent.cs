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
