using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using MediatR;

namespace McpPlatform.Policy.Application.Tenants;

/// <summary>Founds a tenant. Fails with <c>tenants.exists</c> when the slug is taken, <c>tenants.limit</c> when there are too many.</summary>
public sealed record CreateTenant(string Slug, string Name) : IRequest<Result<TenantView>>;

internal sealed class CreateTenantValidator : AbstractValidator<CreateTenant>
{
    public CreateTenantValidator()
    {
        RuleFor(c => c.Slug).Must(Slug.IsValid).WithMessage(Slug.Rule);
        RuleFor(c => c.Name).IsText(Tenant.MaxNameLength);
    }
}

internal sealed class CreateTenantHandler(ITenants tenants, IPolicyVersion version, IEventOutbox outbox, PolicyQuotas quotas, TimeProvider clock)
    : IRequestHandler<CreateTenant, Result<TenantView>>
{
    public async Task<Result<TenantView>> Handle(CreateTenant request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await tenants.Find(request.Slug, cancellationToken) is { DeletedAt: null })
        {
            return Error.Conflict("tenants.exists", $"A tenant '{request.Slug}' exists already.");
        }

        if (await tenants.Count(cancellationToken) >= quotas.MaxTenants)
        {
            return Error.Unprocessable("tenants.limit", $"There are {quotas.MaxTenants} tenants already (option Policy__MaxTenants).");
        }

        var now = clock.GetUtcNow();
        var tenant = Tenant.Found(Guid.CreateVersion7(now), request.Slug, request.Name, now);
        tenants.Add(tenant);
        outbox.Publish(tenant.Id, next, now);
        return TenantView.Of(tenant);
    }
}
