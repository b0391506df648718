using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Policy.Domain;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Policy.Infrastructure.Persistence;

/// <summary>The database of this service.</summary>
internal sealed class PolicyDbContext(DbContextOptions<PolicyDbContext> options, TenantContext tenant) : ServiceDbContext(options, tenant)
{
    public DbSet<Tenant> Tenants => Set<Tenant>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<PolicySet> PolicySets => Set<PolicySet>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        SnapshotVersion.AddTo(modelBuilder);
        base.OnModelCreating(modelBuilder);
    }
}

/// <summary>For dotnet-ef.</summary>
internal sealed class PolicyDbContextFactory() : DesignTimeFactory<PolicyDbContext>((options, tenant) => new(options, tenant));
