using System.Collections.Frozen;

namespace McpPlatform.PolicyEngine;

/// <summary>The management permissions of the platform, asked for the resource <c>platform</c>: they hold for the whole tenant or not at all.</summary>
public static class Permissions
{
    public const string ServersRead = "servers:read";
    public const string ServersWrite = "servers:write";

    /// <summary>Letting a server live on a loopback, private or link-local address. No built-in role but <c>admin</c> has it.</summary>
    public const string ServersPrivate = "servers:private";
    public const string ToolsRead = "tools:read";
    public const string ToolsWrite = "tools:write";
    public const string PoliciesRead = "policies:read";

    /// <summary>As strong as <c>admin</c>: its holder can rewrite the roles that it holds.</summary>
    public const string PoliciesWrite = "policies:write";
    public const string KeysRead = "keys:read";
    public const string KeysWrite = "keys:write";
    public const string PacksRead = "packs:read";
    public const string PacksWrite = "packs:write";
    public const string LandingZonesRead = "landing-zones:read";
    public const string LandingZonesWrite = "landing-zones:write";
    public const string SecretsRead = "secrets:read";
    public const string SecretsWrite = "secrets:write";
    public const string DeploymentsRead = "deployments:read";
    public const string DeploymentsWrite = "deployments:write";
    public const string TracesRead = "traces:read";
    public const string TenantsRead = "tenants:read";
    public const string TenantsWrite = "tenants:write";

    /// <summary>Messages that ended, of every tenant; only callers of the default tenant get to them.</summary>
    public const string DeadLettersRead = "dead-letters:read";
    public const string DeadLettersWrite = "dead-letters:write";

    /// <summary>The description of the management API.</summary>
    public const string ApiRead = "api:read";
    public const string MetricsRead = "metrics:read";

    /// <summary>What the built-in <c>viewer</c> may: every read of a tenant's own records.</summary>
    public static IReadOnlyList<string> Readable { get; } =
        [ServersRead, ToolsRead, PoliciesRead, KeysRead, PacksRead, LandingZonesRead, SecretsRead, DeploymentsRead, TracesRead, ApiRead, MetricsRead];

    public static IReadOnlyList<string> All { get; } =
        [.. Readable, ServersWrite, ServersPrivate, ToolsWrite, PoliciesWrite, KeysWrite, PacksWrite, LandingZonesWrite, SecretsWrite, DeploymentsWrite, TenantsRead, TenantsWrite, DeadLettersRead, DeadLettersWrite];

    /// <summary>
    /// Areas in which nothing but management happens. A rule that names one must cover <c>platform</c>: narrowed to a server or a tool it would silently
    /// have no effect, so it is refused.
    /// </summary>
    internal static FrozenSet<string> Areas { get; } =
        FrozenSet.Create(StringComparer.Ordinal, "servers", "policies", "keys", "packs", "landing-zones", "secrets", "deployments", "traces", "tenants", "dead-letters", "api", "metrics");
}

/// <summary>The actions of the data plane.</summary>
public static class Actions
{
    /// <summary>Calling a tool; also what decides whether it is listed, found and completed.</summary>
    public const string ToolsCall = "tools:call";
    public const string PromptsGet = "prompts:get";
    public const string ResourcesRead = "resources:read";

    /// <summary>The actions that rules are indexed by. Others are decided by looking at every rule.</summary>
    internal static IReadOnlyList<string> Indexed { get; } = [ToolsCall, PromptsGet, ResourcesRead, .. Permissions.All];
}
