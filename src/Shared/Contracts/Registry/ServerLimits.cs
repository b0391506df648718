namespace McpPlatform.Contracts.Registry;

/// <summary>How much of one server gateways let through; all gateways together for rates, each of them for what is under way at once.</summary>
/// <param name="Rate">For all calls of it; null = no limit of its own.</param>
/// <param name="Tools">For the calls of single tools, by the server's own name of them; null = none has one.</param>
/// <param name="MaxConcurrency">Calls under way at once at one gateway; null = as the gateway's own option says.</param>
public sealed record ServerLimits(CallRate? Rate = null, IReadOnlyDictionary<string, CallRate>? Tools = null, int? MaxConcurrency = null);

/// <summary>A steady rate and what may come at once.</summary>
/// <param name="Rate">Calls per second.</param>
/// <param name="Burst">Calls at once after a pause; null = a second's worth, at least one.</param>
public sealed record CallRate(double Rate, int? Burst = null);
