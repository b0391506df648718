using McpPlatform.Factory.Application;
using McpPlatform.Factory.Application.Deployments;
using McpPlatform.Factory.Domain;
using McpPlatform.Factory.Infrastructure.Persistence;
using McpPlatform.Kernel;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>The worker's access to deployments of all tenants: leases, and steps that take effect only while the lease and the generation hold.</summary>
internal sealed class DeploymentRecords(IServiceScopeFactory scopes, IOptions<FactoryOptions> options, TimeProvider time)
{
    private const string Job = "deployments";

    /// <summary>Renews this factory's leases, takes over deployments that nobody works on, and tells all that are this factory's now.</summary>
    public async Task<IReadOnlyList<(Guid Id, long Generation)>> Claim(Guid factory, CancellationToken ct)
    {
        await using var scope = scopes.CreateSystemScope(Job);
        var context = scope.ServiceProvider.GetRequiredService<FactoryDbContext>();
        var (now, max) = (time.GetUtcNow(), options.Value.MaxDeployments);
        var until = now + options.Value.Lease;

        // Leases are no news to anybody: no audit row, no revision.
        var soon = now + (options.Value.Lease / 2);
        await context.Deployments.Where(d => d.LeaseOwner == factory && d.State != DeploymentState.Deleted && d.LeaseUntil < soon)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.LeaseUntil, until), ct);
        var mine = await context.Deployments.CountAsync(d => d.LeaseOwner == factory && d.State != DeploymentState.Deleted, ct);
        var free = context.Deployments
            .Where(d => d.State != DeploymentState.Deleted && d.LeaseOwner != factory && (d.LeaseUntil == null || d.LeaseUntil < now))
            .OrderBy(d => d.Id)
            .Take(Math.Max(0, max - mine))
            .Select(d => d.Id);
        await context.Deployments.Where(d => free.Contains(d.Id) && (d.LeaseUntil == null || d.LeaseUntil < now))
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.LeaseOwner, factory).SetProperty(d => d.LeaseUntil, until), ct);
        var owned = await context.Deployments.Where(d => d.LeaseOwner == factory && d.State != DeploymentState.Deleted).Select(d => new { d.Id, d.Generation }).ToListAsync(ct);
        return [.. owned.Select(d => (d.Id, d.Generation))];
    }

    /// <summary>Lets others take over at once.</summary>
    public async Task Release(Guid factory, CancellationToken ct)
    {
        await using var scope = scopes.CreateSystemScope(Job);
        var context = scope.ServiceProvider.GetRequiredService<FactoryDbContext>();
        await context.Deployments.Where(d => d.LeaseOwner == factory).ExecuteUpdateAsync(set => set.SetProperty(d => d.LeaseUntil, (DateTimeOffset?)null).SetProperty(d => d.LeaseOwner, (Guid?)null), ct);
    }

    /// <summary>The deployment as it is now; null when it is gone or another factory's.</summary>
    public async Task<Deployment?> Load(Guid id, Guid factory, CancellationToken ct)
    {
        await using var scope = scopes.CreateSystemScope(Job);
        var context = scope.ServiceProvider.GetRequiredService<FactoryDbContext>();
        return await context.Deployments.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id && d.LeaseOwner == factory, ct);
    }

    /// <summary>What a deployment needs from its tenant, in one reading.</summary>
    public async Task<(PackVersion? Pack, LandingZone? Zone, IReadOnlyList<StoredSecret> Secrets)> Needs(Deployment deployment, CancellationToken ct)
    {
        await using var scope = scopes.CreateSystemScope(Job);
        var context = scope.ServiceProvider.GetRequiredService<FactoryDbContext>();
        var pack = await context.Packs.AsNoTracking().FirstOrDefaultAsync(p => p.Id == deployment.PackId && p.TenantId == deployment.TenantId, ct);
        var zone = deployment.LandingZone == LandingZone.LocalName
            ? LandingZone.Local(deployment.TenantId)
            : await context.LandingZones.AsNoTracking().FirstOrDefaultAsync(z => z.TenantId == deployment.TenantId && z.Name == deployment.LandingZone, ct);
        var names = pack?.SecretNames.ToList() ?? [];
        var secrets = await context.Secrets.AsNoTracking().Where(s => s.TenantId == deployment.TenantId && names.Contains(s.Name)).ToListAsync(ct);
        return (pack, zone, secrets);
    }

    /// <summary>Takes a step with its events in one transaction. False: the deployment was changed or taken over meanwhile, so the step means nothing any more.</summary>
    public async Task<bool> Step(Deployment seen, Guid factory, Action<Deployment, DateTimeOffset> step, CancellationToken ct, bool deployed = false)
    {
        await using var scope = scopes.CreateSystemScope(Job);
        var work = scope.ServiceProvider.GetRequiredKeyedService<IUnitOfWork>(FactoryModule.Core);
        var context = scope.ServiceProvider.GetRequiredService<FactoryDbContext>();
        await work.Begin(ct);
        try
        {
            var deployment = await context.Deployments.FirstOrDefaultAsync(d => d.Id == seen.Id && d.LeaseOwner == factory && d.Generation == seen.Generation, ct);
            if (deployment is null)
            {
                await work.Rollback();
                return false;
            }

            var (now, before) = (time.GetUtcNow(), deployment.State);
            step(deployment, now);
            var events = scope.ServiceProvider.GetRequiredService<IEventOutbox>();
            if (deployment.State != before)
            {
                events.Add(DeploymentEvents.Changed(deployment, now));
            }

            if (deployed)
            {
                events.Add(DeploymentEvents.Deployed(deployment, now));
            }

            return await work.Commit(ct) is null;
        }
        catch
        {
            await work.Rollback();
            throw;
        }
    }
}
