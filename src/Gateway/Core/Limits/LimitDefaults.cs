using McpPlatform.Gateway.Calls;

namespace McpPlatform.Gateway.Limits;

/// <summary>Limits where nothing else was said.</summary>
/// <param name="Key">Of a key. 100 a second and 200 at once: an agent that fans out.</param>
/// <param name="PerServer">Calls of a server under way at once. 256: more of them at once make no server faster.</param>
/// <param name="PerTenant">Calls of a tenant under way at once. 1024: four busy servers, at some 50 KiB each.</param>
/// <param name="Waiting">Calls that wait for their turn at one server or in one tenant. 1024.</param>
/// <param name="LongestWait">10 s: a caller that is refused can go elsewhere; one that waits cannot.</param>
public sealed record LimitDefaults(RateLimit Key, int PerServer, int PerTenant, int Waiting, TimeSpan LongestWait)
{
    /// <summary>Bytes that the tool sets of one tenant may hold beside what is their servers': see <see cref="State.SetMemory"/>.</summary>
    public long SetBytes { get; init; } = State.SetMemory.Default;

    public static LimitDefaults Default { get; } = new(new RateLimit(100, 200), 256, 1024, 1024, TimeSpan.FromSeconds(10));

    /// <summary>The rate of a key that says this of itself.</summary>
    public RateLimit KeyWith(double? rate, int? burst) => rate is { } own ? RateLimit.Of(own, burst) : burst is { } most ? Key with { Burst = most } : Key;
}
