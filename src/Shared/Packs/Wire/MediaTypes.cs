namespace McpPlatform.Packs.Wire;

/// <summary>Sorts media types; parameters such as <c>charset</c> do not count.</summary>
public static class MediaTypes
{
    /// <summary><c>application/json</c> and everything that ends in <c>+json</c> (RFC 6839).</summary>
    public static bool IsJson(string mediaType)
    {
        var bare = Bare(mediaType);
        return bare is "application/json" or "text/json" || bare.EndsWith("+json", StringComparison.Ordinal);
    }

    /// <summary>What is safe to hand on as text: <c>text/*</c>, XML, YAML, form data, scripts.</summary>
    public static bool IsText(string mediaType)
    {
        var bare = Bare(mediaType);
        return bare.StartsWith("text/", StringComparison.Ordinal)
            || bare.EndsWith("+xml", StringComparison.Ordinal)
            || bare.EndsWith("+yaml", StringComparison.Ordinal)
            || bare is "application/xml" or "application/yaml" or "application/x-yaml" or "application/javascript" or "application/x-www-form-urlencoded" or "application/x-ndjson"
                or "application/jsonl" or "application/graphql" or "application/sql" or "application/toml";
    }

    /// <summary>The type without parameters, in lower case.</summary>
    public static string Bare(string mediaType)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        var end = mediaType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? mediaType : mediaType[..end]).Trim().ToLowerInvariant();
    }
}
