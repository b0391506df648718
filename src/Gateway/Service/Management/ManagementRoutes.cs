namespace McpPlatform.Gateway.Management;

/// <summary>
/// Which service answers which part of the management API. The gateway's own part, <c>/api/v1/gateway</c>, is not in it. Written down instead of asked for: a
/// service that is away must be 503, not 404.
/// </summary>
internal static class ManagementRoutes
{
    /// <summary>First parts of paths outside of <c>/api/v1/</c> by service: what has its form from elsewhere, and what of the client API changes records.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Roots { get; } = new Dictionary<string, IReadOnlyList<string>> { ["registry"] = ["v0.1", "v1/integrations"] };

    /// <summary>Prefixes below <c>/api/v1/</c> by service, as route patterns: the most specific one wins.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Prefixes { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["policy"] = ["configuration/policy", "keys", "policies", "tenants"],
        ["registry"] = ["admin/cache", "breakers", "configuration/registry", "routes", "servers", "tool-sets", "tools"],
        ["factory"] = ["deployments", "landing-zones", "packs", "secrets"],
        ["tracing"] = ["admin/dead-letters", "tools/{server}/{tool}/executions", "traces"],
    };
}
