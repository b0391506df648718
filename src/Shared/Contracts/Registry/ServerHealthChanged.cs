namespace McpPlatform.Contracts.Registry;

/// <summary>A server's health, as seen at its last discovery, is another one.</summary>
/// <param name="Health"><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>.</param>
public sealed record ServerHealthChanged(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId, Guid ServerId, string Health) : IIntegrationEvent;
