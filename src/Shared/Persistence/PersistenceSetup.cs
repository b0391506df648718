using McpPlatform.Kernel;
using McpPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace McpPlatform.Persistence;

/// <summary>What a module calls to get its database.</summary>
public static class PersistenceSetup
{
    /// <summary>
    /// Adds the module's context on connection string <c>{module}db</c> (and <c>{module}db_migrator</c> for schema changes, if set), its unit of work for
    /// requests of <paramref name="requestsOf"/>'s assembly, its inbox, its outbox dispatcher and its migrator.
    /// </summary>
    /// <typeparam name="TContext">The module's context.</typeparam>
    /// <param name="builder">The host being built.</param>
    /// <param name="module">Name of the module, lower case.</param>
    /// <param name="requestsOf">The module's Core assembly.</param>
    public static void AddServiceDatabase<TContext>(this IHostApplicationBuilder builder, string module, System.Reflection.Assembly requestsOf)
        where TContext : ServiceDbContext
    {
        var name = $"{module}db";
        var runtime = builder.Configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException(
                $"No database for {module}: set ConnectionStrings__{name} (for example Host=127.0.0.1;Port=5432;Database={name};Username=mcpp_runtime;Password=…), or start with ./run.sh, which brings its own PostgreSQL.");
        var services = builder.Services;
        services.AddSingleton(new DatabaseConnections<TContext>(runtime, builder.Configuration.GetConnectionString($"{name}_migrator")));
        services.AddDbContext<TContext>((provider, options) =>
        {
            var connections = provider.GetRequiredService<DatabaseConnections<TContext>>();
            DatabaseConnections<TContext>.Configure(options, connections.Runtime);
        });
        services.TryAddScoped<EventOutbox>();
        services.TryAddScoped<IEventOutbox>(p => p.GetRequiredService<EventOutbox>());
        services.AddScoped<UnitOfWork<TContext>>();
        services.AddKeyedScoped<IUnitOfWork>(requestsOf, (p, _) => p.GetRequiredService<UnitOfWork<TContext>>());
        services.AddKeyedScoped<IInbox>(module, (p, _) => p.GetRequiredService<UnitOfWork<TContext>>());
        services.AddSingleton<OutboxSignal<TContext>>();
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<DatabaseMigrator<TContext>>(p, module));
        services.AddSingleton<IDatabaseMigrator>(p => p.GetRequiredService<DatabaseMigrator<TContext>>());
        services.AddHostedService<OutboxDispatcher<TContext>>();
        services.AddHostedService<InboxCleanup<TContext>>();
    }

    /// <summary>Opens a scope that acts for the platform, for background jobs on <typeparamref name="TContext"/>.</summary>
    public static AsyncServiceScope CreateSystemScope(this IServiceScopeFactory scopes, string job)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().EnterSystem(job);
        return scope;
    }
}
