namespace McpPlatform.Contracts.Registry;

/// <summary>The registry snapshot has a new version; gateways fetch it at once instead of at their next poll.</summary>
public sealed record CatalogPublished(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId, Guid ServerId, long Version) : IIntegrationEvent;
