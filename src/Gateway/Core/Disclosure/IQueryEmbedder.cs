namespace McpPlatform.Gateway.Disclosure;

/// <summary>Makes vectors of what callers search for.</summary>
public interface IQueryEmbedder
{
    /// <summary>What its vectors must have in common with those of tools to be compared; null = there is no provider.</summary>
    string? Space { get; }

    /// <summary>Asks the provider; null when that gives nothing, which it says to people itself. Never throws, and ends by itself within seconds.</summary>
    Task<SearchVector?> Embed(string query);

    /// <summary>Queries are embedded no longer for a while, or again.</summary>
    void Changed(bool isAway);
}
