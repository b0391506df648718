using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Tracing.Domain;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

/// <summary>Calls are read through the model; they are written by COPY (<see cref="CallStore"/>), and their partitions are made by functions of the schema.</summary>
internal sealed class TracingDbContext(DbContextOptions<TracingDbContext> options, TenantContext tenant) : ServiceDbContext(options, tenant)
{
    public DbSet<StoredCall> Calls => Set<StoredCall>();

    public DbSet<ParkedMessage> ParkedMessages => Set<ParkedMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);

        // Every index of calls begins with the tenant; one more on it alone would only cost at each insert.
        var calls = modelBuilder.Entity<StoredCall>().Metadata;
        calls.RemoveIndex(calls.FindIndex(calls.FindProperty(nameof(StoredCall.TenantId))!)!);
    }
}

/// <summary>For scripts/add-migration.sh.</summary>
internal sealed class TracingDbContextFactory() : DesignTimeFactory<TracingDbContext>((options, tenant) => new(options, tenant));
