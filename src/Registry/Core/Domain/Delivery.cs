using McpPlatform.Contracts.Registry;

namespace McpPlatform.Registry.Domain;

/// <summary>How calls are delivered to a server, beyond where it is. Stored as one document: a further part of it needs no further column.</summary>
public sealed record Delivery
{
    /// <summary>Bounds of one request's attempts.</summary>
    public const int MostAttempts = 10;

    /// <summary>Places of one server.</summary>
    public const int MostEndpoints = 32;

    public const int MostWeight = 100;

    /// <summary>Processes of one server.</summary>
    public const int MostInstances = 10_000;

    /// <summary>Tools of one server with orders of their own; with one more, all of the server is forgotten.</summary>
    public const int MostClears = 100;

    /// <summary>What a server has about which nobody said anything.</summary>
    public static Delivery Default { get; } = new();

    /// <summary>Null = the gateway's own.</summary>
    public ServerTimeouts? Timeouts { get; init; }

    /// <summary>Null = as many as the gateway allows.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>All places at which it answers; null or empty = at its url only.</summary>
    public IReadOnlyList<ServerEndpoint>? Endpoints { get; init; }

    /// <summary>Null = round-robin.</summary>
    public ServerBalancing? Balancing { get; init; }

    /// <summary>How the processes of a stdio server live; null = one for the tenant.</summary>
    public ServerProcess? Process { get; init; }

    /// <summary>How much of it gateways let through; null = nothing was said.</summary>
    public ServerLimits? Limits { get; init; }

    /// <summary>What becomes of changed definitions; null = as the operator's option says.</summary>
    public DefinitionRule? Definitions { get; init; }

    /// <summary>Which tools' results gateways may keep; null = of none.</summary>
    public ServerCache? Cache { get; init; }

    /// <summary>What gateways were ordered to forget; null = nothing ever was.</summary>
    public CacheClears? CacheClears { get; init; }

    /// <summary>What was ordered for breakers; null = nothing ever was.</summary>
    public IReadOnlyList<BreakerOrder>? Breakers { get; init; }

    /// <summary>What was ordered for an endpoint.</summary>
    public BreakerOrder? OrderFor(string address) => Breakers?.FirstOrDefault(order => order.Address == address);

    /// <summary>With an order for an endpoint; a reset also takes the order to keep it open back.</summary>
    internal Delivery With(string address, bool forceOpen)
    {
        var before = OrderFor(address) ?? new BreakerOrder(address, false, 0);
        return this with { Breakers = [.. (Breakers ?? []).Where(order => order.Address != address), new BreakerOrder(address, forceOpen, before.Resets + (forceOpen ? 0 : 1))] };
    }

    /// <summary>With one more order to forget: all of the server, or what one tool said.</summary>
    internal Delivery Forgetting(string? tool)
    {
        var before = CacheClears ?? new CacheClears();
        var tools = (before.Tools ?? new Dictionary<string, int>()).ToDictionary();
        if (tool is not null && (tools.ContainsKey(tool) || tools.Count < MostClears))
        {
            tools[tool] = tools.GetValueOrDefault(tool) + 1;
            return this with { CacheClears = before with { Tools = tools } };
        }

        // All of it includes each of its tools. A number that was there never comes back, since the one for all is another.
        return this with { CacheClears = new CacheClears(before.All + 1) };
    }
}
