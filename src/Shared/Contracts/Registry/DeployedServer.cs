namespace McpPlatform.Contracts.Registry;

/// <summary>
/// Body of <c>PUT /internal/v1/registry/deployments/{deployment_id}/server</c>: the factory registers what it deployed. Idempotent; the answer
/// comes after discovery and is a <see cref="DeployedServerResult"/>. <c>DELETE</c> on the same path removes it and is idempotent too.
/// </summary>
/// <param name="Slug">Wanted slug; 409 <c>server.exists</c> when another server of the tenant has it.</param>
/// <param name="Url">Where the deployed server listens.</param>
/// <param name="Bearer">Its bearer, in clear: this travels on the internal listener only and is encrypted before it is stored.</param>
public sealed record DeployedServer(Guid TenantId, string Slug, string Title, string Url, string Bearer, IReadOnlyList<string> Tags);

/// <summary>The registered server and what discovery found.</summary>
public sealed record DeployedServerResult(Guid ServerId, string Slug, string Health, int ToolCount);
