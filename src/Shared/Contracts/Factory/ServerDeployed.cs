namespace McpPlatform.Contracts.Factory;

/// <summary>A deployed pack answers, is registered and can be called.</summary>
public sealed record ServerDeployed(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId, Guid DeploymentId, Guid ServerId, string Slug) : IIntegrationEvent;
