using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Tenants;

/// <summary>One tenant, by id or slug. Fails with <c>tenants.not_found</c>.</summary>
public sealed record GetTenant(string Tenant) : IRequest<Result<TenantView>>, IQuery;

internal sealed class GetTenantHandler(ITenants tenants) : IRequestHandler<GetTenant, Result<TenantView>>
{
    public async Task<Result<TenantView>> Handle(GetTenant request, CancellationToken cancellationToken) =>
        await tenants.Find(request.Tenant, cancellationToken) is { DeletedAt: null } tenant ? TenantView.Of(tenant) : TenantView.NotFound();
}
