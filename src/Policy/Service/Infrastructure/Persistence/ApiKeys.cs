using McpPlatform.Policy.Application;
using McpPlatform.Policy.Domain;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class ApiKeys(PolicyDbContext context) : IApiKeys
{
    public Task<ApiKey?> Find(Guid id, CancellationToken cancellationToken) => context.ApiKeys.FirstOrDefaultAsync(k => k.Id == id, cancellationToken);

    public Task<int> Count(CancellationToken cancellationToken) => context.ApiKeys.CountAsync(k => k.RevokedAt == null, cancellationToken);

    public Task<bool> AnyHolds(string role, DateTimeOffset now, CancellationToken cancellationToken) =>
        context.ApiKeys.AnyAsync(k => k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now) && k.Roles.Contains(role), cancellationToken);

    public Task<bool> AnyOtherHolds(string role, Guid but, CancellationToken cancellationToken) =>
        context.ApiKeys.AnyAsync(k => k.Id != but && k.RevokedAt == null && k.ExpiresAt == null && k.Scopes.Count == 0 && k.Roles.Contains(role), cancellationToken);

    public async Task<IReadOnlyList<ApiKey>> List(Guid? after, int limit, bool withRevoked, CancellationToken cancellationToken) => await context.ApiKeys
        .AsNoTracking()
        .Where(k => (withRevoked || k.RevokedAt == null) && (after == null || k.Id > after))
        .OrderBy(k => k.Id)
        .Take(limit)
        .ToListAsync(cancellationToken);

    public void Add(ApiKey key) => context.ApiKeys.Add(key);
}
