namespace McpPlatform.Gateway.Disclosure;

/// <summary>Makes vectors of what callers search for.</summary>
public interface IQueryEmbedder
{
    /// <summary>What its vectors must have in common with those of tools to be compared; null = there is no provider.</summary>
    string? Space { get; }

    /// <summary>Asks the provider. Never throws, and ends by itself within seconds.</summary>
    Task<EmbeddedQuery> Embed(string query);

    /// <summary>Queries are embedded no longer for a while, or again.</summary>
    void Changed(bool isAway);
}

/// <summary>What the provider made of a query.</summary>
/// <param name="Vector">Null when it gave nothing, which is told to people already.</param>
/// <param name="IsRefused">It takes no such text, and would take others.</param>
public readonly record struct EmbeddedQuery(SearchVector? Vector, bool IsRefused = false);
