using McpPlatform.Kernel;
using McpPlatform.Policy.Application;
using McpPlatform.Policy.Domain;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class Tenants(PolicyDbContext context) : ITenants
{
    public async Task<Tenant?> Find(string idOrSlug, CancellationToken cancellationToken)
    {
        // A slug may have the form of an id, so an id that is none of ours is tried as a slug; what is no slug either is not asked for.
        var byId = Guid.TryParse(idOrSlug, out var id) ? await context.Tenants.FirstOrDefaultAsync(t => t.Id == id, cancellationToken) : null;
        return byId is not null || !Slug.IsValid(idOrSlug) ? byId : await context.Tenants
            .Where(t => t.Slug == idOrSlug)
            .OrderByDescending(t => t.DeletedAt == null)
            .ThenByDescending(t => t.DeletedAt)
            .FirstOrDefaultAsync(cancellationToken);
    }

    public Task<int> Count(CancellationToken cancellationToken) => context.Tenants.CountAsync(t => t.DeletedAt == null, cancellationToken);

    public async Task<IReadOnlyList<Tenant>> List(string? afterSlug, int limit, CancellationToken cancellationToken) => await context.Tenants
        .AsNoTracking()
        .Where(t => t.DeletedAt == null && (afterSlug == null || string.Compare(t.Slug, afterSlug) > 0))
        .OrderBy(t => t.Slug)
        .Take(limit)
        .ToListAsync(cancellationToken);

    public void Add(Tenant tenant) => context.Tenants.Add(tenant);
}
