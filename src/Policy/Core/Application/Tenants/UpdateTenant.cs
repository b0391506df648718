using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using MediatR;

namespace McpPlatform.Policy.Application.Tenants;

/// <summary>Renames a tenant, switches it on or off, and bounds its calls under way at once. Fails with <c>tenants.not_found</c>, or <c>tenants.default</c> for the default tenant.</summary>
public sealed record UpdateTenant(string Tenant, string Name, bool Active, int? MaxConcurrency = null) : IRequest<Result<TenantView>>;

internal sealed class UpdateTenantValidator : AbstractValidator<UpdateTenant>
{
    public UpdateTenantValidator()
    {
        RuleFor(c => c.Name).IsText(Domain.Tenant.MaxNameLength);
        RuleFor(c => c.MaxConcurrency).Must(n => n is null or (>= 1 and <= 100_000)).WithMessage("must be from 1 to 100000; left out = the platform's own");
    }
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
        if (tenant.Change(request.Name, request.Active, request.MaxConcurrency, now).Error is { } error)
        {
            return error;
        }

        outbox.Publish(tenant.Id, next, now);
        return TenantView.Of(tenant);
    }
}
