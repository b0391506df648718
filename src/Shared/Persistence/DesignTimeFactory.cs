using McpPlatform.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace McpPlatform.Persistence;

/// <summary>
/// Lets dotnet-ef make a context without a database (scripts/add-migration.sh). A service derives one empty class:
/// <c>internal sealed class PolicyDbContextFactory() : DesignTimeFactory&lt;PolicyDbContext&gt;((options, tenant) => new(options, tenant));</c>
/// </summary>
public abstract class DesignTimeFactory<TContext>(Func<DbContextOptions<TContext>, TenantContext, TContext> create) : IDesignTimeDbContextFactory<TContext>
    where TContext : ServiceDbContext
{
    public TContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<TContext>()
            .UseNpgsql("Host=design-time", npgsql => npgsql.MigrationsHistoryTable(DatabaseConnections<TContext>.HistoryTable))
            .Options;
        return create(options, new TenantContext());
    }
}
