using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Application.Routes;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Integrations;

/// <summary>Shape of an integration.</summary>
internal sealed class IntegrationRules : AbstractValidator<IntegrationTerms>
{
    public IntegrationRules()
    {
        RuleFor(t => t.Server).IsSlug();
        RuleFor(t => t.Environment).IsEnvironment();
        RuleFor(t => t.Description).IsDescription(Integration.MaxDescriptionLength);
        RuleFor(t => t.Capabilities).Must(c => c.Count is > 0 and <= Integration.MaxCapabilities).WithMessage($"must be 1 to {Integration.MaxCapabilities}");
        RuleFor(t => t.Capabilities).Must(c => c.Select(x => (x.Intent, x.Version)).Distinct().Count() == c.Count).WithMessage("must name each version of an intent once");
        RuleForEach(t => t.Capabilities).Must(IsCapability)
            .WithMessage($"needs an intent, which {Intent.Rule}; the name of a tool of the server; and a semantic version such as 1.4.0, or none");
    }

    private static bool IsCapability(Capability capability) => Intent.IsValid(capability.Intent) && IntentRules.IsTool(capability.Tool) && IntentRules.IsVersion(capability.Version);
}
