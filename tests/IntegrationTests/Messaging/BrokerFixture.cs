using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Storage;
using McpPlatform.Kernel;
using McpPlatform.Messaging;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Messaging;

/// <summary>
/// A RabbitMQ and a PostgreSQL with the ledger's tables. Tests run one after the other, since some of them kill the broker; each has a module, a queue and a
/// tenant of its own.
/// </summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private string _folder = "";

    internal PrivateRabbitMq Broker { get; private set; } = null!;

    internal PrivatePostgres Postgres { get; private set; } = null!;

    internal string Database => Postgres.Runtime("policy");

    public async ValueTask InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("mcpp-broker-").FullName;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);
        var broker = PrivateRabbitMq.Create(Path.Combine(_folder, "rabbitmq"));
        Postgres = await PrivatePostgres.Create(Path.Combine(_folder, "postgres"));
        await CreateTables();
        Broker = await broker;
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A process of the module, not started. Its database counts as migrated unless <paramref name="ready"/> is false.</summary>
    internal IHost Host(string module, WorkSettings settings, bool ready = true, string? database = null, IDictionary<string, string?>? options = null)
    {
        var host = WorkHost.Build(module, Broker.Address, database ?? Database, settings, declareOnly: false, options);
        if (ready)
        {
            host.MarkReady();
        }

        return host;
    }

    internal static async Task Started(IHost host)
    {
        await host.StartAsync(TestContext.Current.CancellationToken);
        await Until.True(() => Task.FromResult(host.Services.GetRequiredService<IEventBus>().IsReady), TimeSpan.FromSeconds(30));
    }

    internal static async Task Stopped(IHost host)
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
    }

    /// <summary>Rows that the consumer wrote for a tenant, and how many messages they are of.</summary>
    internal async Task<(long Rows, long Messages)> Effects(Guid tenant)
    {
        await using var source = NpgsqlDataSource.Create(Postgres.Runtime("policy"));
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"SELECT set_config('{TenantWalls.Setting}', '*', false); SELECT count(*), count(DISTINCT left(name, 32)) FROM entries WHERE tenant_id = '{tenant}'", connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await reader.NextResultAsync(TestContext.Current.CancellationToken);
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Messages that wait in a queue; -1 when there is no such queue.</summary>
    internal async Task<long> Waiting(string queue)
    {
        await using var connection = await Broker.Connect();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return await channel.MessageCountAsync(queue);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return -1;
        }
    }

    private async Task CreateTables()
    {
        using var host = WorkHost.Build("policy", "amqp://nobody@127.0.0.1:1/", Postgres.Runtime("policy"), options: new Dictionary<string, string?> { ["ConnectionStrings:policydb_migrator"] = Postgres.Owner("policy") });
        var connections = host.Services.GetRequiredService<DatabaseConnections<LedgerContext>>();
        var options = DatabaseConnections<LedgerContext>.Configure(new DbContextOptionsBuilder<LedgerContext>(), connections.Migrator).Options;
        var system = new TenantContext();
        system.EnterSystem("test");
        await using (var context = new LedgerContext(options, system))
        {
            await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        }

        await host.Services.GetRequiredService<IDatabaseMigrator>().Migrate(CancellationToken.None);
    }
}

/// <summary>All tests on the one broker.</summary>
[CollectionDefinition("broker")]
public sealed class OnTheBroker : ICollectionFixture<BrokerFixture>;
