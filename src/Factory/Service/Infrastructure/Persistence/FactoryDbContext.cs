using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Factory.Infrastructure.Persistence;

internal sealed class FactoryDbContext(DbContextOptions<FactoryDbContext> options, TenantContext tenant) : ServiceDbContext(options, tenant)
{
    public DbSet<PackVersion> Packs => Set<PackVersion>();

    public DbSet<StoredSecret> Secrets => Set<StoredSecret>();

    public DbSet<LandingZone> LandingZones => Set<LandingZone>();

    public DbSet<Deployment> Deployments => Set<Deployment>();
}

internal sealed class FactoryDbContextFactory() : DesignTimeFactory<FactoryDbContext>((options, tenant) => new FactoryDbContext(options, tenant));
