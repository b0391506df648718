using McpPlatform.PolicyEngine.Matching;

namespace McpPlatform.PolicyEngine;

/// <summary>
/// Management permissions as a token carries them: patterns that allow, patterns with a leading <c>!</c> that deny, patterns with a leading <c>&amp;</c> of which
/// one must match when there are any. Deny comes first. Made by <see cref="CompiledPolicy.ManagementPermissions"/>. Immutable.
/// </summary>
public sealed class PermissionSet
{
    internal const char Denied = '!';
    internal const char Bound = '&';

    private readonly WildcardPattern[] _allowed;
    private readonly WildcardPattern[] _denied;
    private readonly WildcardPattern[] _bounds;
    private readonly bool _isUnreadable;

    private PermissionSet(string[] entries)
    {
        Entries = entries;
        _denied = Patterns(entries, Denied);
        _bounds = Patterns(entries, Bound);
        _allowed = [.. entries.Where(e => !e.StartsWith(Denied) && !e.StartsWith(Bound) && Scope.IsValid(e)).Select(WildcardPattern.Compile)];
        // A deny that cannot be read might have been any; an unreadable bound or allow gives nothing as it is.
        _isUnreadable = entries.Any(e => e.StartsWith(Denied) && !Scope.IsValid(e[1..]));
        IsBounded = entries.Any(e => e.StartsWith(Bound));
    }

    /// <summary>Nothing is allowed.</summary>
    public static PermissionSet None { get; } = new([]);

    /// <summary>The entries as they were parsed.</summary>
    public IReadOnlyList<string> Entries { get; }

    private bool IsBounded { get; }

    /// <summary>Reads entries. What cannot be read allows nothing; a deny that cannot be read denies everything.</summary>
    public static PermissionSet Parse(IEnumerable<string> entries) => new([.. entries]);

    /// <summary>Whether one permission, for example <c>servers:write</c>, is given.</summary>
    public bool Allows(string permission) =>
        !_isUnreadable
        && !MatchesAny(_denied, permission)
        && (!IsBounded || MatchesAny(_bounds, permission))
        && MatchesAny(_allowed, permission);

    private static WildcardPattern[] Patterns(string[] entries, char mark) =>
        [.. entries.Where(e => e.StartsWith(mark)).Select(e => e[1..]).Where(Scope.IsValid).Select(WildcardPattern.Compile)];

    private static bool MatchesAny(WildcardPattern[] patterns, string permission) => Array.Exists(patterns, p => p.Matches(permission));
}
