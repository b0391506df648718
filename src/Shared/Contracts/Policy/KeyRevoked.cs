namespace McpPlatform.Contracts.Policy;

/// <summary>An API key no longer authenticates. Gateways fetch the snapshot at once.</summary>
public sealed record KeyRevoked(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId, Guid KeyId, long Version) : IIntegrationEvent;
