namespace McpPlatform.Contracts.Factory;

/// <summary>A deployment reached another state.</summary>
/// <param name="State">Name of the state, as the management API shows it.</param>
public sealed record DeploymentChanged(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId, Guid DeploymentId, string State, long Generation) : IIntegrationEvent;
