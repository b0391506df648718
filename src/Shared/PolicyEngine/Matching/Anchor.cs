namespace McpPlatform.PolicyEngine.Matching;

/// <summary>What must be true of a target, at least, for a pattern to match it.</summary>
internal enum AnchorKind
{
    /// <summary>Nothing that could be looked up.</summary>
    Anywhere,

    /// <summary>Its server is called so, or its path is that up to its first <c>/</c>.</summary>
    Server,

    /// <summary>Its path ends so, after its last <c>/</c>.</summary>
    LastName,

    /// <summary>Its path begins so.</summary>
    Head,
}

/// <summary>The literal text by which a pattern is found.</summary>
internal readonly record struct Anchor(AnchorKind Kind, string Text)
{
    /// <summary>Of a pattern for <c>{server}/{name}</c>.</summary>
    public static Anchor OfPath(WildcardPattern pattern)
    {
        // The server is whatever stands before the first '/'; what stands before the first '*' tells it when it has a '/' in it.
        if (pattern.Head.IndexOf('/', StringComparison.Ordinal) is >= 0 and var end)
        {
            return new(AnchorKind.Server, pattern.Head[..end]);
        }

        return pattern.Tail.LastIndexOf('/') is >= 0 and var start ? new(AnchorKind.LastName, pattern.Tail[(start + 1)..]) : OfHead(pattern);
    }

    /// <summary>Of a pattern for a server's name.</summary>
    public static Anchor OfServer(WildcardPattern pattern) => pattern.IsLiteral ? new(AnchorKind.Server, pattern.Head) : OfHead(pattern);

    private static Anchor OfHead(WildcardPattern pattern) => pattern.Head.Length > 0 ? new(AnchorKind.Head, pattern.Head) : default;
}
