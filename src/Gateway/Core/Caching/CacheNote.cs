namespace McpPlatform.Gateway.Caching;

/// <summary>How one request came by its answer.</summary>
/// <param name="Age">Since the answer was kept; zero unless it is a hit.</param>
/// <param name="Left">How long it is still good; zero when nothing is known of that.</param>
/// <param name="IsStored">It was kept for those who ask next.</param>
/// <param name="IsFromShared">A hit that another gateway, or this one before its start, had kept in the level that they share.</param>
public sealed record CacheNote(CacheUse Use, TimeSpan Age = default, TimeSpan Left = default, bool IsStored = false, bool IsFromShared = false);

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
