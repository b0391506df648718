namespace McpPlatform.Contracts.Policy;

/// <summary>A gateway asks for its shares of the limits that it uses; an answer comes at once. Sent every second and when a limit begins to be used.</summary>
/// <param name="Gateway">Of one process: a gateway that starts again is another one.</param>
/// <param name="Leaving">True when the gateway stops: all of its shares go back.</param>
/// <param name="Uses">Limits in use; shares of limits that are not named stay until they expire.</param>
public sealed record LimitLeaseRequest(Guid Gateway, bool Leaving, IReadOnlyList<LimitUsage> Uses);

/// <summary>How much of a limit a gateway could use.</summary>
/// <param name="Limit">Names the limit among all gateways.</param>
/// <param name="Demand">Requests that asked for it, refused ones included, as a multiple of the whole limit: 0.5 = half of it; 0 = none any more, the share goes back.</param>
/// <param name="Held">The share that the gateway has now.</param>
public sealed record LimitUsage(string Limit, double Demand, double Held);

/// <summary>What a gateway may use until it asks again.</summary>
/// <param name="Gateways">How many gateways there are, the one that asks included.</param>
/// <param name="Shares">In the order of the request; parts of the whole limit, from 0 to 1.</param>
public sealed record LimitLeases(int Gateways, IReadOnlyList<double> Shares);
