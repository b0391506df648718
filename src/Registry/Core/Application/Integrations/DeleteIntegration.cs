using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Integrations;

/// <summary>Removes an integration; its server stays. Fails with <c>integrations.not_found</c>, <c>integrations.changed</c>, <c>integrations.managed</c>.</summary>
public sealed record DeleteIntegration(string Integration, long? ExpectedVersion) : IRequest<Result>;

internal sealed class DeleteIntegrationValidator : AbstractValidator<DeleteIntegration>
{
    public DeleteIntegrationValidator() => RuleFor(c => c.Integration).NotEmpty();
}

internal sealed class DeleteIntegrationHandler(IIntegrations integrations, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock) : IRequestHandler<DeleteIntegration, Result>
{
    public async Task<Result> Handle(DeleteIntegration request, CancellationToken cancellationToken)
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

        integrations.Remove(integration);
        outbox.RoutesChanged(integration.TenantId, integration.Id, next, clock.GetUtcNow());
        return Result.Success;
    }
}
