using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Tenants;

/// <summary>The tenants, by slug.</summary>
public sealed record ListTenants(int? Limit, string? Cursor) : IRequest<Result<Page<TenantView>>>, IQuery;

internal sealed class ListTenantsHandler(ITenants tenants) : IRequestHandler<ListTenants, Result<Page<TenantView>>>
{
    public async Task<Result<Page<TenantView>>> Handle(ListTenants request, CancellationToken cancellationToken)
    {
        var page = Rules.Page(request.Limit, request.Cursor);
        if (page.Error is { } error)
        {
            return error;
        }

        var (limit, after) = page.Value;
        var found = await tenants.List(after, limit + 1, cancellationToken);
        return new Page<TenantView>([.. found.Take(limit).Select(TenantView.Of)], found.Count > limit ? Paging.Cursor(found[limit - 1].Slug) : null);
    }
}
