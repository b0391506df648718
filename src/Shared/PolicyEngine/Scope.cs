using McpPlatform.PolicyEngine.Matching;

namespace McpPlatform.PolicyEngine;

/// <summary>The action patterns that bound a key.</summary>
public static class Scope
{
    public const string Rule = "must be area:verb in lower case, for example tools:call, tools:* or *";

    /// <summary>Whether a key can be bounded by this pattern.</summary>
    public static bool IsValid(string? text) => text is { Length: > 0 and <= PolicyLimits.MaxPatternLength } && PatternSyntax.CheckAction(text) is null;
}
