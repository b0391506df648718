namespace McpPlatform.Gateway.Limits;

/// <summary>What a limit is of.</summary>
public enum LimitKind
{
    /// <summary>All requests with one key.</summary>
    Key,

    /// <summary>All calls of one server.</summary>
    Server,

    /// <summary>All calls of one tool.</summary>
    Tool,

    /// <summary>Calls of a server or a tenant under way at once.</summary>
    Concurrency,
}

/// <summary>How kinds are spelled: in answers, metrics and ids of leases.</summary>
public static class LimitKinds
{
    public static string Name(this LimitKind kind) => kind switch
    {
        LimitKind.Key => "key",
        LimitKind.Server => "server",
        LimitKind.Tool => "tool",
        _ => "concurrency",
    };
}
