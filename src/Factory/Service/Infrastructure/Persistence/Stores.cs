using McpPlatform.Factory.Application;
using McpPlatform.Factory.Domain;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Factory.Infrastructure.Persistence;

internal sealed class PackStore(FactoryDbContext context) : IPackStore
{
    public void Add(PackVersion pack) => context.Packs.Add(pack);

    public void Remove(PackVersion pack) => context.Packs.Remove(pack);

    public Task<PackVersion?> Find(string @namespace, string name, string version, CancellationToken ct) =>
        context.Packs.FirstOrDefaultAsync(p => p.Namespace == @namespace && p.Name == name && p.Version == version, ct);

    public Task<PackVersion?> Find(Guid id, CancellationToken ct) => context.Packs.FirstOrDefaultAsync(p => p.Id == id, ct);

    public async Task<IReadOnlyList<PackVersion>> List(Guid? before, int limit, CancellationToken ct) =>
        await WithoutLock(context.Packs.Where(p => before == null || p.Id < before).OrderByDescending(p => p.Id).Take(limit)).ToListAsync(ct);

    public async Task<IReadOnlyDictionary<Guid, PackVersion>> Named(IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        await WithoutLock(context.Packs.Where(p => ids.Contains(p.Id))).ToDictionaryAsync(p => p.Id, cancellationToken: ct);

    // The lock file is megabytes; a list needs what stands beside it.
    private static IAsyncEnumerable<PackVersion> WithoutLock(IQueryable<PackVersion> packs) => packs
        .Select(p => new { p.Id, p.TenantId, p.Namespace, p.Name, p.Version, p.Title, p.CreatedAt, p.LockHash, p.ToolsHash, p.ToolCount, p.Hosts, p.SecretNames, p.Report })
        .AsAsyncEnumerable()
        .Select(p =>
        {
            var pack = new PackVersion(p.Id, p.TenantId, p.Namespace, p.Name, p.Version, p.Title, p.CreatedAt);
            pack.Take([], p.LockHash, p.ToolsHash, p.ToolCount, p.Hosts, p.SecretNames, p.Report);
            return pack;
        });
}

internal sealed class SecretStore(FactoryDbContext context) : ISecretStore
{
    public void Add(StoredSecret secret) => context.Secrets.Add(secret);

    public void Remove(StoredSecret secret) => context.Secrets.Remove(secret);

    public Task<StoredSecret?> Find(string name, CancellationToken ct) => context.Secrets.FirstOrDefaultAsync(s => s.Name == name, ct);

    public async Task<IReadOnlyList<StoredSecret>> List(string? after, int limit, CancellationToken ct) =>
        await context.Secrets.AsNoTracking().Where(s => after == null || string.Compare(s.Name, after) > 0).OrderBy(s => s.Name).Take(limit).ToListAsync(ct);
}

internal sealed class LandingZoneStore(FactoryDbContext context) : ILandingZoneStore
{
    public void Add(LandingZone zone) => context.LandingZones.Add(zone);

    public void Remove(LandingZone zone) => context.LandingZones.Remove(zone);

    public Task<LandingZone?> Find(string name, CancellationToken ct) => context.LandingZones.FirstOrDefaultAsync(z => z.Name == name, ct);

    public async Task<IReadOnlyList<LandingZone>> List(string? after, int limit, CancellationToken ct) =>
        await context.LandingZones.AsNoTracking().Where(z => after == null || string.Compare(z.Name, after) > 0).OrderBy(z => z.Name).Take(limit).ToListAsync(ct);
}

internal sealed class DeploymentStore(FactoryDbContext context) : IDeploymentStore
{
    public void Add(Deployment deployment) => context.Deployments.Add(deployment);

    public Task<Deployment?> Find(Guid id, CancellationToken ct) => context.Deployments.FirstOrDefaultAsync(d => d.Id == id, ct);

    // Locked, so that a wish never loses against the runner's steps: the runner notices and looks again, people should not have to.
    public Task<Deployment?> Take(Guid id, CancellationToken ct) =>
        context.Deployments.FromSql($"SELECT * FROM deployments WHERE id = {id} FOR UPDATE").FirstOrDefaultAsync(ct);

    public Task<Deployment?> TakeOfTool(Guid toolId, CancellationToken ct) =>
        context.Deployments.FromSql($"SELECT * FROM deployments WHERE tool_id = {toolId} AND state NOT IN ('Stopping', 'Deleted') FOR UPDATE").FirstOrDefaultAsync(ct);

    public async Task<IReadOnlyList<Deployment>> List(Guid? before, int limit, bool withDeleted, CancellationToken ct) =>
        await context.Deployments.AsNoTracking()
            .Where(d => (before == null || d.Id < before) && (withDeleted || d.State != DeploymentState.Deleted))
            .OrderByDescending(d => d.Id)
            .Take(limit)
            .ToListAsync(ct);

    public Task<bool> IsSlugTaken(string slug, CancellationToken ct) => context.Deployments.AnyAsync(d => d.Slug == slug && d.State != DeploymentState.Deleted, ct);

    public Task<bool> UsesPack(Guid packId, CancellationToken ct) => context.Deployments.AnyAsync(d => d.PackId == packId && d.State != DeploymentState.Deleted, ct);

    public Task<bool> UsesZone(string zone, CancellationToken ct) => context.Deployments.AnyAsync(d => d.LandingZone == zone && d.State != DeploymentState.Deleted, ct);

    public async Task<IReadOnlyList<Deployment>> TakeUsingSecret(string secret, CancellationToken ct) =>
        await context.Deployments.FromSql(
            $"""
             SELECT d.* FROM deployments d JOIN packs p ON p.id = d.pack_id
             WHERE {secret} = ANY (p.secret_names) AND d.state NOT IN ('Stopping', 'Deleted')
             ORDER BY d.id FOR UPDATE OF d
             """).ToListAsync(ct);
}
