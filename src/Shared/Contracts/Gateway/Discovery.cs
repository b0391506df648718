using McpPlatform.Contracts.Registry;

namespace McpPlatform.Contracts.Gateway;

/// <summary>
/// Body of <c>POST /internal/v1/gateway/discover</c>: the registry asks a gateway to look at a server, because only gateways talk to upstreams.
/// </summary>
public sealed record DiscoverServer(Guid TenantId, Guid ServerId, string Slug, ServerConnection Connection);

/// <summary>What a gateway found. The answer is 200 also when the server failed: <see cref="Failure"/> says how.</summary>
/// <param name="ProtocolVersion">The revision spoken with the server; empty on failure.</param>
/// <param name="ServerName">The server's own name and version, for people; empty when it gave none.</param>
/// <param name="ToolsDeclared">Whether the server declares the tools capability. A declared capability whose list is empty or fails is unhealthy.</param>
/// <param name="Failure">Null on success; else a stable code (<c>connect_failed</c>, <c>timeout</c>, <c>protocol_error</c>, <c>egress_denied</c>, <c>launcher_unknown</c>, <c>unauthorized</c>, <c>too_large</c>).</param>
/// <param name="Message">For people; never a secret, never the upstream's raw text.</param>
/// <param name="Offer">Null on failure.</param>
public sealed record DiscoveredServer(
    string ProtocolVersion,
    string ServerName,
    bool ToolsDeclared,
    IReadOnlyList<ToolDefinition> Tools,
    string? Failure,
    string? Message,
    ServerOffer? Offer = null)
{
    /// <summary>What of its lists cannot be offered, and why, some of it at least; null = nothing.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }
}

/// <summary>Body of <c>POST /internal/v1/registry/catalogs</c>: what a gateway saw of a server that said its lists changed.</summary>
public sealed record SeenCatalog(Guid TenantId, Guid ServerId, DiscoveredServer Found);
