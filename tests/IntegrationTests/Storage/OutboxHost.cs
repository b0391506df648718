using System.Collections.Concurrent;
using McpPlatform.Contracts.Policy;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.Kernel;
using McpPlatform.Messaging;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace McpPlatform.IntegrationTests.Storage;

/// <summary>One database with an outbox, and replicas of the ledger module that send from it to a bus that the test holds.</summary>
public sealed class OutboxHost : IAsyncLifetime
{
    private string _folder = "";

    internal PrivatePostgres Postgres { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("mcpp-outbox-").FullName;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);
        Postgres = await PrivatePostgres.Create(Path.Combine(_folder, "postgres"));
        using var host = Build(new RecordingBus(), new LogLines());
        var options = DatabaseConnections<LedgerContext>.Configure(
            new DbContextOptionsBuilder<LedgerContext>(),
            host.Services.GetRequiredService<DatabaseConnections<LedgerContext>>().Migrator).Options;
        var system = new TenantContext();
        system.EnterSystem("test");
        await using (var context = new LedgerContext(options, system))
        {
            await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        }

        await host.Services.GetRequiredService<IDatabaseMigrator>().Migrate(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts one more replica.</summary>
    internal async Task<Replica> Start(RecordingBus bus, LogLines? lines = null)
    {
        var host = Build(bus, lines ?? new LogLines());
        host.Services.GetRequiredService<IDatabaseMigrator>().MarkReady();
        await host.StartAsync();
        return new Replica(host);
    }

    /// <summary>Commits events of these keys in this order, in one transaction; versions say which came first.</summary>
    internal async Task Store(params IEnumerable<(Guid Key, long Version)> events)
    {
        using var host = Build(new RecordingBus(), new LogLines());
        await using var scope = host.Services.GetRequiredService<IServiceScopeFactory>().CreateSystemScope("test");
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork<LedgerContext>>();
        await work.Begin(CancellationToken.None);
        foreach (var (key, version) in events)
        {
            scope.ServiceProvider.GetRequiredService<IEventOutbox>().Add(new PolicyPublished(Guid.CreateVersion7(), DateTimeOffset.UtcNow, key, version));
        }

        await work.Commit(CancellationToken.None);
    }

    internal async Task<long> Execute(string sql, NpgsqlConnection? connection = null)
    {
        await using var own = connection is null ? new NpgsqlConnection($"{Postgres.Runtime("policy")};Pooling=false") : null;
        if (own is not null)
        {
            await own.OpenAsync();
        }

        await using var command = new NpgsqlCommand(sql, own ?? connection);
        return await command.ExecuteScalarAsync() is long count ? count : 0;
    }

    /// <summary>SQL that stores an event of <paramref name="type"/>.</summary>
    internal static string Insert(Guid key, long version, string? type = null, string? versionText = null) =>
        $$"""
        INSERT INTO outbox_messages (id, type, payload, created_at) VALUES (gen_random_uuid(), '{{type ?? typeof(PolicyPublished).FullName}}',
            '{"EventId": "{{Guid.CreateVersion7()}}", "OccurredAt": "2026-01-01T00:00:00+00:00", "TenantId": "{{key}}", "Version": {{versionText ?? $"{version}"}}}', now())
        """;

    private IHost Build(RecordingBus bus, LogLines lines)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:ledgerdb"] = Postgres.Runtime("policy");
        builder.Configuration["ConnectionStrings:ledgerdb_migrator"] = Postgres.Owner("policy");
        builder.Logging.AddProvider(lines);
        builder.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddScoped<TenantContext>();
        builder.Services.AddSingleton<IEventBus>(bus);
        builder.AddServiceDatabase<LedgerContext>("ledger", typeof(OutboxHost).Assembly);
        return builder.Build();
    }

    internal sealed class Replica(IHost host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}

/// <summary>Keeps what was published, in the order in which it was confirmed. Several replicas may share a list.</summary>
internal sealed class RecordingBus(ConcurrentQueue<RecordingBus.Sent>? list = null) : IEventBus
{
    public ConcurrentQueue<Sent> List { get; } = list ?? new ConcurrentQueue<Sent>();

    /// <summary>What happens before the confirmation. A millisecond, as a broker takes it.</summary>
    public Func<PolicyPublished, CancellationToken, Task> Deliver { get; init; } = (_, cancellationToken) => Task.Delay(1, cancellationToken);

    public bool IsReady => true;

    public async Task Publish(object integrationEvent, Guid eventId, CancellationToken cancellationToken)
    {
        var published = (PolicyPublished)integrationEvent;
        await Deliver(published, cancellationToken);
        List.Enqueue(new Sent(this, published.TenantId, published.Version));
    }

    public long[] Versions(Guid key) => [.. List.Where(s => s.Key == key).Select(s => s.Version)];

    internal sealed record Sent(RecordingBus By, Guid Key, long Version);
}

/// <summary>Keeps every line that a host logs, whoever in it does.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> All => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception?.Message}");

    public void Dispose()
    {
    }
}
