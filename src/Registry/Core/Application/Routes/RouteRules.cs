using System.Text.Json;
using FluentValidation;
using McpPlatform.Contracts;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Routes;

/// <summary>Shape of a route. Whether its servers and tools exist is not asked: they come and go, and a candidate that is not there is passed over.</summary>
internal sealed class RouteRules : AbstractValidator<RouteTerms>
{
    private const int MaxConstantsLength = 16 * 1024;

    public RouteRules()
    {
        RuleFor(t => t.Intent).IsIntent();
        RuleFor(t => t.Environment).IsEnvironment();
        RuleFor(t => t.Version).IsIntentVersion().OverridePropertyName("IntentVersion");
        RuleFor(t => t.Description).IsDescription(IntentRoute.MaxDescriptionLength);
        RuleFor(t => t.Candidates).Must(c => c.Count is > 0 and <= IntentRoute.MaxCandidates).WithMessage($"must be 1 to {IntentRoute.MaxCandidates}");
        RuleFor(t => t.Candidates).Must(c => c.Select(x => (x.Server, x.Tool)).Distinct().Count() == c.Count).WithMessage("must name each tool of a server once");
        RuleForEach(t => t.Candidates).Must(IsCandidate)
            .WithMessage($"needs the slug of a server, the name of a tool (1 to {CatalogTool.MaxNameLength} characters) and a weight from 1 to 100; constants are an object of at most {MaxConstantsLength} characters");
    }

    private static bool IsCandidate(RouteCandidate candidate) =>
        Slug.IsValid(candidate.Server) && IntentRules.IsTool(candidate.Tool) && candidate.Weight is >= 1 and <= 100
        && candidate.Constants is null or { ValueKind: JsonValueKind.Object } && (candidate.Constants?.GetRawText().Length ?? 0) <= MaxConstantsLength;
}

/// <summary>What routes and integrations have in common.</summary>
internal static class IntentRules
{
    public static IRuleBuilderOptions<T, string?> IsIntent<T>(this IRuleBuilder<T, string?> rule) => rule.Must(Intent.IsValid).WithMessage(Intent.Rule);

    public static IRuleBuilderOptions<T, string?> IsIntentVersion<T>(this IRuleBuilder<T, string?> rule) => rule.Must(IsVersion).WithMessage($"is empty, or {SemanticVersion.Rule}");

    public static IRuleBuilderOptions<T, string?> IsDescription<T>(this IRuleBuilder<T, string?> rule, int maxLength) => rule
        .Must(text => text is null || (text.Length <= maxLength && !text.Any(c => char.IsControl(c) && c != '\n')))
        .WithMessage($"must be at most {maxLength} characters without control characters");

    internal static bool IsVersion(string? text) => string.IsNullOrEmpty(text) || SemanticVersion.TryParse(text, out _);

    internal static bool IsTool(string? name) => name is { Length: > 0 and <= CatalogTool.MaxNameLength } && !name.Any(char.IsControl);
}
