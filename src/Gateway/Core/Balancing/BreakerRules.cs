namespace McpPlatform.Gateway.Balancing;

/// <summary>When endpoints are left alone, and when they are tried again.</summary>
/// <param name="Failures">Failed calls in a row that open a breaker. 5: fewer would open it on a bad moment.</param>
/// <param name="OpenFor">How long it stays open before one call may try. 5 s; doubled each time that call fails.</param>
/// <param name="LongestOpen">1 min: a server that came back is used again within it, without anybody doing anything.</param>
/// <param name="PanicThreshold">
/// Below this share of usable endpoints of a server with several, breakers are ignored: most of them being down is more likely to be a fault of ours, and the
/// few left must not carry everything. 0.3: two of three may be out.
/// </param>
public sealed record BreakerRules(int Failures, TimeSpan OpenFor, TimeSpan LongestOpen, double PanicThreshold)
{
    public static BreakerRules Default { get; } = new(5, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), 0.3);
}
