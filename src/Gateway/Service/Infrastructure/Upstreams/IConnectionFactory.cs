using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>Which server a connection is to, and how. Two servers never share one, nor do two tenants.</summary>
internal sealed record UpstreamKey(Guid TenantId, Guid ServerId, string ConnectionHash);

/// <summary>Makes connections, not yet connected.</summary>
internal interface IConnectionFactory
{
    /// <summary>Throws <see cref="Attempts.UpstreamSetupException"/> when something it needs is missing here.</summary>
    NewConnection Create(UpstreamKey key, ServerConnection how);
}

/// <summary>A connection and the credentials it was given.</summary>
internal sealed record NewConnection(IUpstreamConnection Connection, KnownSecrets Secrets);
