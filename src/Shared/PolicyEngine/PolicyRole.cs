using System.Text.Json;
using McpPlatform.PolicyEngine.Parsing;

namespace McpPlatform.PolicyEngine;

/// <summary>One role as written, checked.</summary>
/// <param name="Rules">The rules that could be read.</param>
/// <param name="Malformed">Ids (or paths, where the id is unreadable) of the rules that could not: each denies everything to the role's holders.</param>
/// <param name="IsUnreadable">True when not even the list of rules could be read: the role denies everything to its holders.</param>
public sealed record PolicyRole(string Name, IReadOnlyList<PolicyRule> Rules, IReadOnlyList<string> Malformed, bool IsUnreadable)
{
    /// <summary>
    /// Reads one role (<c>{"name":…,"grants":[…]}</c>) by itself, for whoever stores roles one at a time. Paths in <paramref name="problems"/> start at the role.
    /// Null when it has no usable name.
    /// </summary>
    public static PolicyRole? Parse(JsonElement element, out IReadOnlyList<PolicyProblem> problems)
    {
        var found = new ProblemList();
        var role = RoleParser.Parse(element, "", found);
        problems = found.Items;
        return role;
    }

    /// <summary>Whether a role can have this name: a-z, 0-9, '-' and '_', starting with a letter or digit.</summary>
    public static bool IsName(string? text) => text is { Length: > 0 and <= PolicyLimits.MaxIdLength }
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');
}
