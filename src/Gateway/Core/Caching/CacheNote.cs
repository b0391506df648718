namespace McpPlatform.Gateway.Caching;

/// <summary>How one request came by its answer.</summary>
/// <param name="Age">Since the answer was kept; zero unless it is a hit.</param>
/// <param name="Left">How long it is still good; zero when nothing is known of that.</param>
/// <param name="IsStored">It was kept for those who ask next.</param>
public sealed record CacheNote(CacheUse Use, TimeSpan Age = default, TimeSpan Left = default, bool IsStored = false);

/// <summary>Uses as records and metrics name them.</summary>
public static class CacheUses
{
    public static string Name(this CacheUse use) => use switch
    {
        CacheUse.Hit => "hit",
        CacheUse.Coalesced => "coalesced",
        _ => "miss",
    };
}
