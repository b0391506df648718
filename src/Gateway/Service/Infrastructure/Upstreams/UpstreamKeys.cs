using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>Who shares a connection with whom: equal keys are one connection.</summary>
internal sealed class UpstreamKeys(SharedProcesses shared)
{
    /// <summary>Of the connection that all callers of the tenant share.</summary>
    public static UpstreamKey Own(EndpointRoute endpoint) => new(endpoint.Server.TenantId, endpoint.Server.ServerId, endpoint.ConnectionHash);

    /// <summary>Of the process that a server shares with those of other tenants; null when it shares none.</summary>
    public UpstreamKey? SharedOf(ServerRoute server) => server.Endpoints[0].Scope == ProcessScope.Shared ? TryShared(server.Endpoints[0]) : null;

    /// <summary>Null when the server may not share one.</summary>
    private UpstreamKey? TryShared(EndpointRoute endpoint)
    {
        try
        {
            return shared.KeyOf(Own(endpoint), endpoint.Connection);
        }
        catch (UpstreamSetupException)
        {
            // Whoever calls it is told why.
            return null;
        }
    }

    /// <summary>Of a process that tenants share. Throws <see cref="UpstreamSetupException"/> when the server may not share one.</summary>
    public UpstreamKey Shared(UpstreamKey own, ServerConnection how) => shared.KeyOf(own, how);

    /// <summary>Of the connection by which a caller reaches an endpoint.</summary>
    public UpstreamKey Of(EndpointRoute endpoint, UpstreamUser user)
    {
        var own = Own(endpoint);
        var server = endpoint.Server;
        var speaksLegacy = server.Legacy is not null && (server.Modern is null || user.Client is { Era: ProtocolEra.Legacy });
        if (speaksLegacy && server.Modern is not null)
        {
            own = own with { Era = EraChoice.Legacy };
        }

        return endpoint.Scope switch
        {
            ProcessScope.Tenant when speaksLegacy && !endpoint.IsProcess && user.Client is { } client => own with { Part = PartOf(user, client) },
            ProcessScope.Tenant => own,
            ProcessScope.Shared => shared.KeyOf(own, endpoint.Connection) with { Era = own.Era },
            ProcessScope.Call => own with { Part = new UpstreamPart(ProcessScope.Call, Guid.NewGuid(), user.Principal) },
            ProcessScope.Session when user.Session is { } session => own with { Part = new UpstreamPart(ProcessScope.Session, session, user.Principal) },
            _ => own with { Part = new UpstreamPart(ProcessScope.Principal, Guid.Empty, user.Principal, speaksLegacy ? user.Client?.CapabilitiesHash ?? 0 : 0) },
        };
    }

    /// <summary>Those of all endpoints, before callers divide them.</summary>
    public HashSet<UpstreamKey> WantedIn(GatewayState state) => state.Registry.Tenants.Values
        .SelectMany(tenant => tenant.Servers.Values)
        .SelectMany(server => server.Endpoints)
        .Select(endpoint => endpoint.Scope == ProcessScope.Shared ? TryShared(endpoint) : Own(endpoint))
        .OfType<UpstreamKey>()
        .ToHashSet();

    /// <summary>A legacy server by address remembers its client: each session has its own there, and so has each principal without one that can be asked something.</summary>
    private static UpstreamPart PartOf(UpstreamUser user, UpstreamClient client) => user.Session is { } session
        ? new UpstreamPart(ProcessScope.Session, session, user.Principal)
        : new UpstreamPart(ProcessScope.Principal, Guid.Empty, user.Principal, client.CapabilitiesHash);
}
