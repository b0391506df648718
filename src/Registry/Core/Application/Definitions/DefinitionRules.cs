using FluentValidation;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Definitions;

/// <summary>The rule for changed definitions as registering and changing take it.</summary>
internal static class DefinitionRules
{
    private static readonly string[] Names = [DefinitionRule.Auto, DefinitionRule.Withhold, DefinitionRule.Default];

    public static IRuleBuilderOptions<T, string?> IsDefinitionRule<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(name => name is null || Names.Contains(name, StringComparer.Ordinal))
        .WithMessage($"must be one of {string.Join(", ", Names)}");

    /// <summary>What holds after a request; what it does not say stays.</summary>
    public static DefinitionRule? Rule(DefinitionRule? before, string? name, bool? trust)
    {
        if (name == DefinitionRule.Default || (name is null && before is null && trust is null))
        {
            return null;
        }

        // Who says whether to trust at first means quarantine, whatever else it would be.
        return new DefinitionRule(name is null ? before?.Quarantine ?? true : name == DefinitionRule.Withhold, trust ?? before?.TrustFirstUse ?? true);
    }
}
