using System.Buffers;
using System.Collections.Frozen;

namespace McpPlatform.PolicyEngine.Matching;

/// <summary>The grammar of patterns. Each check answers null, or the reason and the fix.</summary>
internal static class PatternSyntax
{
    public const string Platform = "platform";

    private static readonly SearchValues<char> ActionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-:*");
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.*");

    // Whoever writes one of these means a pattern language that this is not; read literally, a deny would silently match nothing.
    private static readonly SearchValues<char> OtherWildcards = SearchValues.Create("?[]{}()^$|\\");

    public static FrozenDictionary<string, TargetKind> Kinds { get; } = new Dictionary<string, TargetKind>
    {
        ["tool"] = TargetKind.Tool,
        ["prompt"] = TargetKind.Prompt,
        ["resource"] = TargetKind.Resource,
        ["server"] = TargetKind.Server,
    }.ToFrozenDictionary();

    public static (string Reason, string Fix)? CheckAction(string text)
    {
        const string fix = "Write area:verb in lower case, for example \"tools:call\", \"tools:*\" or \"*\".";
        return text.AsSpan().ContainsAnyExcept(ActionCharacters) ? ("An action has only a-z, 0-9, '_', '-', ':' and '*'.", fix)
            : text != "*" && text.AsSpan().Count(':') != 1 ? ("An action is an area and a verb.", fix)
            : text[0] == ':' || text[^1] == ':' ? ("An action needs both an area and a verb.", fix)
            : null;
    }

    public static (string Reason, string Fix)? CheckEnvironment(string text) => text.AsSpan().ContainsAnyExcept(LabelCharacters)
        ? ("An environment has only letters, digits, '_', '-', '.' and '*'.", "Write a name such as \"prod\".")
        : null;

    public static (string Reason, string Fix)? CheckResource(string text)
    {
        if (text is "*" or Platform)
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Kinds.TryGetValue(text[..colon], out var kind))
        {
            return ("A resource starts with its kind.", "Write \"*\", \"platform\", \"server:NAME\", \"tool:SERVER/NAME\", \"prompt:SERVER/NAME\" or \"resource:SERVER/URI\".");
        }

        var pattern = text.AsSpan(colon + 1);
        if (pattern.IsEmpty)
        {
            return ("A resource needs a name after its kind.", "Write \"*\" for every name.");
        }

        if (kind == TargetKind.Server && pattern.ContainsAnyExcept(LabelCharacters))
        {
            return ("A server's name has only letters, digits, '_', '-', '.' and '*'.", "Write the server's slug, for example \"server:git*\".");
        }

        if (kind is TargetKind.Tool or TargetKind.Prompt && pattern.ContainsAny(OtherWildcards))
        {
            return ("Only '*' is a wildcard; the characters ?[]{}()^$|\\ cannot be matched.", "Write '*' in their place.");
        }

        return kind != TargetKind.Server && !pattern.ContainsAny('/', '*')
            ? ("Without a server this matches nothing.", $"Write \"{text[..colon]}:*/{pattern}\" for every server.")
            : null;
    }
}
