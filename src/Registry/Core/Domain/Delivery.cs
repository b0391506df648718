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
}
