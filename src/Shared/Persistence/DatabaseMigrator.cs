using McpPlatform.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace McpPlatform.Persistence;

/// <summary>Migrations, then row-level security and grants for the runtime role, then the module's first rows.</summary>
internal sealed class DatabaseMigrator<TContext>(string module, DatabaseConnections<TContext> connections, IServiceScopeFactory scopes) : IDatabaseMigrator
    where TContext : ServiceDbContext
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Module => module;

    public Task Ready => _ready.Task;

    public void MarkReady() => _ready.TrySetResult();

    public async Task Migrate(CancellationToken cancellationToken)
    {
        await using (var scope = scopes.CreateSystemScope("migrate"))
        {
            var options = DatabaseConnections<TContext>.Configure(new DbContextOptionsBuilder<TContext>(), connections.Migrator).Options;
            await using var context = ActivatorUtilities.CreateInstance<TContext>(scope.ServiceProvider, options);
            await context.Database.MigrateAsync(cancellationToken);
            foreach (var statement in TenantWalls.Statements(context.Model, connections.RuntimeRole))
            {
                await context.Database.ExecuteSqlRawAsync(statement, cancellationToken);
            }
        }

        await using var seeding = scopes.CreateSystemScope("seed");
        foreach (var seed in seeding.ServiceProvider.GetServices<IDatabaseSeed>().Where(s => s.Module == module))
        {
            await seed.Seed(cancellationToken);
        }
    }

    public async Task<bool> IsCurrent(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateSystemScope("migrate");
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        try
        {
            return !(await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }
}
