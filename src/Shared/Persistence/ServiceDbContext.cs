using System.Linq.Expressions;
using System.Reflection;
using McpPlatform.Kernel;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Persistence;

/// <summary>
/// One service's database. Gives every service the same tenancy (query filter here, row-level security underneath), audit trail, outbox and inbox,
/// snake-case names and enum texts. A derived context adds only its own sets; its mappings are the <see cref="IEntityTypeConfiguration{T}"/> classes
/// of its assembly.
/// </summary>
public abstract class ServiceDbContext(DbContextOptions options, TenantContext tenant) : DbContext(options)
{
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<OutboxMessage> OutboxMessages => Set<OutboxMessage>();

    public DbSet<ProcessedMessage> ProcessedMessages => Set<ProcessedMessage>();

    internal TenantContext Tenant => tenant;

    // Query filters refer to these through the context instance, so that each context filters by its own scope.
    private Guid CurrentTenant => tenant.TenantId ?? Guid.Empty;

    private bool SeesAllTenants => tenant.IsSystem;

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        AuditTrail.Append(this);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess) =>
        throw new NotSupportedException("Saving is asynchronous everywhere; use SaveChangesAsync.");

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(64);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ServiceDbContext).Assembly);
        modelBuilder.ApplyConfigurationsFromAssembly(GetType().Assembly);
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(e => e.ClrType.IsAssignableTo(typeof(ITenantOwned)) && e.BaseType is null))
        {
            AddTenantFilter.MakeGenericMethod(entity.ClrType).Invoke(this, [modelBuilder]);
        }

        SnakeCase.Apply(modelBuilder.Model);
    }

    private static readonly MethodInfo AddTenantFilter =
        typeof(ServiceDbContext).GetMethod(nameof(FilterByTenant), BindingFlags.NonPublic | BindingFlags.Instance)!;

    private void FilterByTenant<TEntity>(ModelBuilder modelBuilder)
        where TEntity : class, ITenantOwned
    {
        Expression<Func<TEntity, bool>> visible = e => SeesAllTenants || e.TenantId == CurrentTenant;
        modelBuilder.Entity<TEntity>().HasQueryFilter("tenant", visible);
        modelBuilder.Entity<TEntity>().HasIndex(e => e.TenantId);
    }
}
