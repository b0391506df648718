using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.State;

/// <summary>Who shares a process of a stdio server, and with it whatever it remembers.</summary>
public enum ProcessScope
{
    /// <summary>All callers of the tenant. Connections by address are shared like this, too.</summary>
    Tenant,

    /// <summary>Nobody: each call has its own, which ends with it.</summary>
    Call,

    /// <summary>The calls of one session; those of callers that have none, as <see cref="Principal"/>.</summary>
    Session,

    /// <summary>The calls of one principal.</summary>
    Principal,

    /// <summary>All tenants that name the same launcher with the same variables.</summary>
    Shared,
}

/// <summary>How scopes are written.</summary>
public static class ProcessScopes
{
    /// <summary>A scope that is not known here, from a newer registry, is the narrowest: nothing is shared that should not be.</summary>
    public static ProcessScope Of(ServerConnection connection) => connection is not { Transport: "stdio", Process: { } process } ? ProcessScope.Tenant : process.Scope switch
    {
        "tenant" => ProcessScope.Tenant,
        "session" => ProcessScope.Session,
        "principal" => ProcessScope.Principal,
        "shared" => ProcessScope.Shared,
        _ => ProcessScope.Call,
    };
}
