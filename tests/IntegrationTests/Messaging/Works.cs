using MassTransit;
using McpPlatform.Contracts;
using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting;
using McpPlatform.IntegrationTests.Storage;
using McpPlatform.Kernel;
using McpPlatform.Messaging;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpPlatform.IntegrationTests.Messaging;

/// <summary>Work as the platform's own event, and its consumer: one row per message, in the ledger's table. What it does otherwise stands in the slug.</summary>
internal sealed class WorkConsumer(LedgerContext ledger, WorkSettings settings) : IConsumer<HttpToolChanged>
{
    public async Task Consume(ConsumeContext<HttpToolChanged> context)
    {
        var work = context.Message;
        if (work.TenantId != settings.Tenant)
        {
            // Another test's: its queue is bound to the same event.
            return;
        }

        ledger.Entries.Add(new Entry(Guid.CreateVersion7(), work.TenantId, $"{work.ToolId:n}-{Guid.NewGuid():n}"[..64]));
        await ledger.SaveChangesAsync(context.CancellationToken);
        if (!settings.IsFixed && work.Slug == WorkHost.Throws)
        {
            throw new InvalidOperationException("This tool cannot be deployed. Authorization: Bearer abcdefghijklmnop0123456789");
        }

        if (!settings.IsFixed && work.Slug == WorkHost.Kills)
        {
            // As an out-of-memory killer does it: no handler runs, nothing is said to the broker.
            Environment.ExitCode = 137;
            System.Diagnostics.Process.GetCurrentProcess().Kill();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }
    }
}

/// <summary>How one host of the consumer behaves.</summary>
internal sealed record WorkSettings(Guid Tenant, bool IsFixed = false);

/// <summary>Work that nobody takes.</summary>
internal sealed record Unwanted(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId) : IWorkEvent;

/// <summary>A module with one competing consumer, on RabbitMQ and PostgreSQL, as a service has it.</summary>
internal static class WorkHost
{
    public const string Throws = "throws";
    public const string Kills = "kills";

    public static HttpToolChanged Work(Guid tenant, string slug = "good", Guid? id = null) =>
        new(id ?? Guid.CreateVersion7(), DateTimeOffset.UtcNow, tenant, Guid.CreateVersion7(), slug, slug, 1, null, [], null, false);

    /// <summary>Builds a host whose queue is <c>{module}-work</c>.</summary>
    public static IHost Build(string module, string broker, string database, WorkSettings? settings = null, bool declareOnly = false, IDictionary<string, string?>? options = null)
    {
        // MassTransit keeps the first logger it sees, which would be that of a host that is gone.
        LogContext.ConfigureCurrentLogContext(NullLoggerFactory.Instance);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(options ?? new Dictionary<string, string?>());
        builder.Configuration["ConnectionStrings:rabbitmq"] = broker;
        builder.Configuration[$"ConnectionStrings:{module}db"] = database;
        builder.Services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddScoped<TenantContext>();
        builder.Services.AddSingleton(settings ?? new WorkSettings(Guid.Empty));
        builder.AddServiceDatabase<LedgerContext>(module, typeof(WorkHost).Assembly);
        builder.AddModuleMessaging([new ModuleBus(module).Competing<WorkConsumer>(atOnce: 8)], declareOnly);
        return builder.Build();
    }

    public static void MarkReady(this IHost host) => host.Services.GetRequiredService<IDatabaseMigrator>().MarkReady();
}
