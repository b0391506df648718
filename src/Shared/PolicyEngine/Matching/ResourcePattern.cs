namespace McpPlatform.PolicyEngine.Matching;

/// <summary>A compiled resource pattern: <c>*</c>, <c>platform</c>, or kind and pattern.</summary>
internal sealed class ResourcePattern
{
    private readonly TargetKind? _kind;
    private readonly WildcardPattern? _pattern;

    private ResourcePattern(TargetKind? kind, WildcardPattern? pattern) => (_kind, _pattern) = (kind, pattern);

    /// <summary>Compiles a checked pattern.</summary>
    public static ResourcePattern Compile(string text)
    {
        if (text == "*")
        {
            return new(null, null);
        }

        if (text == PatternSyntax.Platform)
        {
            return new(TargetKind.Platform, null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new(PatternSyntax.Kinds[text[..colon]], WildcardPattern.Compile(text[(colon + 1)..]));
    }

    /// <summary>By what targets that it matches are found.</summary>
    public Anchor Anchor => _kind switch
    {
        null or TargetKind.Platform => default,
        TargetKind.Server => Anchor.OfServer(_pattern!),
        _ => Anchor.OfPath(_pattern!),
    };

    public bool Matches(scoped in Target target) => _kind switch
    {
        null => true,
        TargetKind.Platform => target.Kind == TargetKind.Platform,
        TargetKind.Server => target.Kind != TargetKind.Platform && _pattern!.Matches(target.Server),
        _ => target.Kind == _kind && _pattern!.Matches(target.Path),
    };
}
