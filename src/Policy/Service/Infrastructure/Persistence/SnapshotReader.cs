using System.Data;
using System.Text.Json;
using McpPlatform.Contracts.Policy;
using McpPlatform.Persistence;
using McpPlatform.Policy.Application;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class SnapshotReader(PolicyDbContext context, SnapshotCache<PolicySnapshot> cache, TimeProvider clock) : ISnapshotReader
{
    public async Task<PolicySnapshot> Read(CancellationToken cancellationToken)
    {
        // Repeatable read: version, roles and keys are of one instant. A key seen with a role that is gone would be a key with fewer denies.
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var version = await SnapshotVersion.Current(context, cancellationToken);
        if (cache.Find(version) is { } last)
        {
            return last;
        }

        var now = clock.GetUtcNow();
        var tenants = await context.Tenants.AsNoTracking().Where(t => t.DeletedAt == null).OrderBy(t => t.Slug).ToListAsync(cancellationToken);
        var roles = (await context.PolicySets.AsNoTracking().Where(p => p.DeletedAt == null).OrderBy(p => p.Name)
            .Select(p => new { p.TenantId, p.Name, p.Grants }).ToListAsync(cancellationToken))
            .ToLookup(p => p.TenantId, p => new RoleText(p.Name, p.Grants));
        var keys = (await context.ApiKeys.AsNoTracking().Where(k => k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now)).OrderBy(k => k.Id)
            .Select(k => new { k.TenantId, Grant = new KeyGrant(k.Id, k.Hash, k.Subject, k.Roles, k.Scopes, k.ExpiresAt, k.Rate, k.Burst, k.ClientProfile) }).ToListAsync(cancellationToken))
            .ToLookup(k => k.TenantId, k => k.Grant);
        var snapshot = new PolicySnapshot(
            version,
            now,
            [.. tenants.Select(t => new TenantPolicy(t.Id, t.Slug, t.IsActive, JsonElement.Parse(TenantDocument.Of(roles[t.Id]).Span), [.. keys[t.Id]], t.MaxConcurrency))]);
        cache.Keep(version, snapshot);
        return snapshot;
    }
}
