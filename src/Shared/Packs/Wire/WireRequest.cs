namespace McpPlatform.Packs.Wire;

/// <summary>A request without its host: it can be sent to each base address in turn.</summary>
/// <param name="PathAndQuery">Encoded for good; nobody may canonicalise it again.</param>
/// <param name="Headers">In order; names may repeat.</param>
/// <param name="Body">Null: no body at all, which is not the same as an empty one.</param>
public sealed record WireRequest(string Method, string PathAndQuery, IReadOnlyList<(string Name, string Value)> Headers, WireBody? Body)
{
    /// <summary>The absolute address below a base address.</summary>
    public Uri UriBelow(string baseUrl)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);

        // Canonicalisation would decode and collapse what was encoded and checked on purpose.
        return new Uri(baseUrl.TrimEnd('/') + PathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }
}

/// <summary>Bytes and their type.</summary>
public sealed record WireBody(byte[] Content, string ContentType);
