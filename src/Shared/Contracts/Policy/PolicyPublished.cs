namespace McpPlatform.Contracts.Policy;

/// <summary>The policy snapshot has a new version; gateways fetch it at once instead of at their next poll.</summary>
public sealed record PolicyPublished(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId, long Version) : IIntegrationEvent;
