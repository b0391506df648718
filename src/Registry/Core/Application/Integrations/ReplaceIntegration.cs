using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Integrations;

/// <summary>
/// Replaces all of an integration but its name. Fails with <c>integrations.not_found</c>, <c>integrations.changed</c>, <c>integrations.managed</c>, <c>integrations.server</c>.
/// </summary>
/// <param name="Integration">Id or name.</param>
/// <param name="ExpectedVersion">From If-Match; null = whatever it is.</param>
public sealed record ReplaceIntegration(string Integration, IntegrationTerms Terms, long? ExpectedVersion) : IRequest<Result<IntegrationView>>;

internal sealed class ReplaceIntegrationValidator : AbstractValidator<ReplaceIntegration>
{
    public ReplaceIntegrationValidator() => RuleFor(c => c.Terms).SetValidator(new IntegrationRules()).OverridePropertyName("");
}

internal sealed class ReplaceIntegrationHandler(IIntegrations integrations, IServers servers, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock)
    : IRequestHandler<ReplaceIntegration, Result<IntegrationView>>
{
    public async Task<Result<IntegrationView>> Handle(ReplaceIntegration request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await integrations.Find(request.Integration, cancellationToken) is not { } integration)
        {
            return IntegrationView.NotFound();
        }

        if (integration.ManagedBy != ManagedBy.Api)
        {
            return IntegrationView.Managed(integration.ManagedBy);
        }

        if (request.ExpectedVersion is { } expected && expected != integration.Version)
        {
            return IntegrationView.Changed(integration.Version);
        }

        if (await servers.Find(request.Terms.Server, cancellationToken) is not { DeletedAt: null } server || server.Slug != request.Terms.Server)
        {
            return IntegrationView.NoServer(request.Terms.Server);
        }

        var now = clock.GetUtcNow();
        integration.Describe(request.Terms, now);
        outbox.RoutesChanged(integration.TenantId, integration.Id, next, now);
        return IntegrationView.Of(integration);
    }
}
