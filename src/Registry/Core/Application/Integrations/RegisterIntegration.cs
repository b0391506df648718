using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Integrations;

/// <summary>
/// Registers what a server can do; gateways know within seconds. Fails with <c>integrations.exists</c>, <c>integrations.server</c> when there is no such server, and
/// <c>integrations.limit</c>.
/// </summary>
public sealed record RegisterIntegration(string Name, IntegrationTerms Terms) : IRequest<Result<IntegrationView>>;

internal sealed class RegisterIntegrationValidator : AbstractValidator<RegisterIntegration>
{
    public RegisterIntegrationValidator()
    {
        RuleFor(c => c.Name).IsSlug();
        RuleFor(c => c.Terms).SetValidator(new IntegrationRules()).OverridePropertyName("");
    }
}

internal sealed class RegisterIntegrationHandler(
    IIntegrations integrations, IServers servers, IRegistryVersion version, IEventOutbox outbox, TenantContext tenant, RegistryQuotas quotas, TimeProvider clock)
    : IRequestHandler<RegisterIntegration, Result<IntegrationView>>
{
    public async Task<Result<IntegrationView>> Handle(RegisterIntegration request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await integrations.Find(request.Name, cancellationToken) is not null)
        {
            return Error.Conflict("integrations.exists", $"An integration named '{request.Name}' exists already. Choose another name, or change that one.");
        }

        if (await integrations.Count(cancellationToken) >= quotas.MaxRoutes)
        {
            return Error.Conflict("integrations.limit", $"This tenant has {quotas.MaxRoutes} integrations, as many as it may (option Registry__MaxRoutes). Remove one first.");
        }

        if (await servers.Find(request.Terms.Server, cancellationToken) is not { DeletedAt: null } server || server.Slug != request.Terms.Server)
        {
            return IntegrationView.NoServer(request.Terms.Server);
        }

        var now = clock.GetUtcNow();
        var integration = Integration.Add(tenant.TenantId!.Value, request.Name, ManagedBy.Api, now);
        integration.Describe(request.Terms, now);
        integrations.Add(integration);
        outbox.RoutesChanged(integration.TenantId, integration.Id, next, now);
        return IntegrationView.Of(integration);
    }
}
