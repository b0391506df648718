using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using MediatR;

namespace McpPlatform.Policy.Application.Tenants;

/// <summary>Renames a tenant, switches it on or off. Fails with <c>tenants.not_found</c>, or <c>tenants.default</c> for the default tenant.</summary>
public sealed record UpdateTenant(string Tenant, string Name, bool Active) : IRequest<Result<TenantView>>;

internal sealed class UpdateTenantValidator : AbstractValidator<UpdateTenant>
{
    public UpdateTenantValidator() => RuleFor(c => c.Name).IsText(Domain.Tenant.MaxNameLength);
}

internal sealed class UpdateTenantHandler(ITenants tenants, IPolicyVersion version, IEventOutbox outbox, TimeProvider clock)
    : IRequestHandler<UpdateTenant, Result<TenantView>>
{
    public async Task<Result<TenantView>> Handle(UpdateTenant request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await tenants.Find(request.Tenant, cancellationToken) is not { DeletedAt: null } tenant)
        {
            return TenantView.NotFound();
        }

        var now = clock.GetUtcNow();
        if (tenant.Change(request.Name, request.Active, now).Error is { } error)
        {
            return error;
        }

        outbox.Publish(tenant.Id, next, now);
        return TenantView.Of(tenant);
    }
}
