using McpPlatform.Policy.Application;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class PolicySets(PolicyDbContext context) : IPolicySets
{
    public async Task<PolicySet?> Find(string idOrName, CancellationToken cancellationToken)
    {
        // A name may have the form of an id, so an id that is none of ours is tried as a name; what is no name either is not asked for.
        var byId = Guid.TryParse(idOrName, out var id) ? await context.PolicySets.FirstOrDefaultAsync(p => p.Id == id, cancellationToken) : null;
        return byId is not null || !PolicyRole.IsName(idOrName) ? byId : await context.PolicySets
            .Where(p => p.Name == idOrName)
            .OrderByDescending(p => p.DeletedAt == null)
            .ThenByDescending(p => p.DeletedAt)
            .FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<PolicySet>> List(string? afterName, int limit, CancellationToken cancellationToken) => await context.PolicySets
        .AsNoTracking()
        .Where(p => p.DeletedAt == null && (afterName == null || string.Compare(p.Name, afterName) > 0))
        .OrderBy(p => p.Name)
        .Take(limit)
        .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<PolicySet>> Present(CancellationToken cancellationToken) => await context.PolicySets.Where(p => p.DeletedAt == null).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<RoleText>> Roles(CancellationToken cancellationToken) => await context.PolicySets
        .Where(p => p.DeletedAt == null)
        .OrderBy(p => p.Name)
        .Select(p => new RoleText(p.Name, p.Grants))
        .ToListAsync(cancellationToken);

    public void Add(PolicySet policySet) => context.PolicySets.Add(policySet);
}
