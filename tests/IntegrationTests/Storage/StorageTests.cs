using McpPlatform.Contracts.Policy;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.Kernel;
using McpPlatform.Messaging;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Storage;

/// <summary>The ledger module on a PostgreSQL with roles as in production.</summary>
public sealed class LedgerHost : IAsyncLifetime
{
    private string _folder = "";

    internal PrivatePostgres Postgres { get; private set; } = null!;

    internal IHost Host { get; private set; } = null!;

    internal ConsumerFaults Faults { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("mcpp-storage-").FullName;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);
        Postgres = await PrivatePostgres.Create(Path.Combine(_folder, "postgres"));
        Host = Build();
        var connections = Host.Services.GetRequiredService<DatabaseConnections<LedgerContext>>();
        var options = DatabaseConnections<LedgerContext>.Configure(new DbContextOptionsBuilder<LedgerContext>(), connections.Migrator).Options;
        var system = new TenantContext();
        system.EnterSystem("test");
        await using (var context = new LedgerContext(options, system))
        {
            await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        }

        var migrator = Host.Services.GetRequiredService<DatabaseMigrator<LedgerContext>>();
        await migrator.Migrate(CancellationToken.None);
        migrator.MarkReady();
        await Host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        Host.Dispose();
        await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private IHost Build()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:ledgerdb"] = Postgres.Runtime("policy");
        builder.Configuration["ConnectionStrings:ledgerdb_migrator"] = Postgres.Owner("policy");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddScoped<TenantContext>();
        builder.Services.AddSingleton(Faults);
        builder.AddServiceDatabase<LedgerContext>("ledger", typeof(StorageTests).Assembly);
        builder.AddModuleMessaging([new ModuleBus("ledger").Competing<EntryConsumer>()]);
        return builder.Build();
    }
}

/// <summary>Unit of work, tenant walls, audit, outbox and inbox. Each test has tenants of its own.</summary>
public sealed class StorageTests(LedgerHost ledger) : IClassFixture<LedgerHost>
{
    private readonly Guid _tenantA = Guid.CreateVersion7();
    private readonly Guid _tenantB = Guid.CreateVersion7();
    private readonly int _attemptsBefore = ledger.Faults.Attempts;

    private int Attempts => ledger.Faults.Attempts - _attemptsBefore;

    [Fact]
    public async Task A_tenant_sees_its_own_rows_through_the_model_and_through_plain_sql()
    {
        await Work(_tenantA, w => w.Add("one"));
        await Work(_tenantB, w => w.Add("two"));

        (await Work(_tenantA, w => w.Context.Entries.Select(e => e.Name).ToListAsync())).ShouldBe(["one"]);
        (await Work(_tenantA, w => w.Context.Entries.IgnoreQueryFilters().Select(e => e.Name).ToListAsync())).ShouldBe(["one"], "row-level security holds without the filter");
        (await Count("SELECT count(*) FROM entries", tenant: null)).ShouldBe(0, "no tenant, no rows");
        (await Count("SELECT count(*) FROM entries", _tenantB)).ShouldBe(1);
    }

    [Fact]
    public async Task The_owner_of_the_tables_stands_before_the_same_wall()
    {
        await Work(_tenantA, w => w.Add("one"));

        await using var owner = NpgsqlDataSource.Create(ledger.Postgres.Owner("policy"));
        await using var command = owner.CreateCommand("SELECT count(*) FROM entries");

        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(0L);
    }

    [Fact]
    public async Task A_row_cannot_be_written_into_another_tenant() =>
        await Should.ThrowAsync<DbUpdateException>(() => Work(_tenantA, w =>
        {
            w.Context.Entries.Add(new Entry(Guid.CreateVersion7(), _tenantB, "smuggled"));
            return Task.FromResult(0);
        }));

    [Fact]
    public async Task Every_change_of_an_audited_record_leaves_a_row_that_nobody_can_change()
    {
        await Work(_tenantA, w => w.Add("one"));
        await Work(_tenantA, async w => (await w.Context.Entries.SingleAsync()).Rename("two"));
        await Work(_tenantA, async w => w.Context.Entries.Remove(await w.Context.Entries.SingleAsync()));

        var rows = await Work(_tenantA, w => w.Context.AuditEntries.OrderBy(a => a.Id).Select(a => new { a.Action, a.Actor, a.Name, a.Changed }).ToListAsync());
        rows.Select(r => r.Action).ShouldBe(["created", "updated", "deleted"]);
        rows.ShouldAllBe(r => r.Actor == "tester");
        rows[1].Changed.ShouldBe(["name"]);
        var refused = await Should.ThrowAsync<PostgresException>(() => Count("UPDATE audit_entries SET actor = 'x'", _tenantA));
        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task A_taken_unique_value_is_a_refusal_and_leaves_nothing_behind()
    {
        await Work(_tenantA, w => w.Add("one"));

        var error = await WorkError(_tenantA, w => w.Add("one"), publish: true);

        error!.Code.ShouldBe("record.exists");
        (await Count("SELECT count(*) FROM outbox_messages", _tenantA)).ShouldBe(0);
        (await Work(_tenantA, w => w.Context.AuditEntries.CountAsync())).ShouldBe(1);
        Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_committed_event_takes_effect_once_although_its_consumer_fails_at_first()
    {
        ledger.Faults.FailNext(2);

        await WorkError(_tenantA, w => w.Add("one"), publish: true);

        await Until.True(async () => await Effects() == 1, TimeSpan.FromSeconds(20));
        await Until.True(async () => await Count("SELECT count(*) FROM outbox_messages", _tenantA) == 0, TimeSpan.FromSeconds(20));
        Attempts.ShouldBe(3);
        (await Effects()).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_message_again_has_no_second_effect()
    {
        var bus = ledger.Host.Services.GetRequiredService<IEventBus>();
        var message = new PolicyPublished(Guid.CreateVersion7(), DateTimeOffset.UtcNow, _tenantA, 7);
        await Until.True(() => Task.FromResult(bus.IsReady), TimeSpan.FromSeconds(20));

        await bus.Publish(message, message.EventId, TestContext.Current.CancellationToken);
        await bus.Publish(message, message.EventId, TestContext.Current.CancellationToken);

        (await Effects()).ShouldBe(1);
        Attempts.ShouldBe(1);
    }

    private Task<long> Effects() => Count("SELECT count(*) FROM entries WHERE name LIKE 'event-%'", _tenantA);

    private async Task<long> Count(string sql, Guid? tenant)
    {
        await using var source = NpgsqlDataSource.Create(ledger.Postgres.Runtime("policy"));
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var enter = new NpgsqlCommand($"SELECT set_config('{TenantWalls.Setting}', $1, false)", connection) { Parameters = { new() { Value = tenant?.ToString() ?? "" } } })
        {
            await enter.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is long count ? count : 0;
    }

    private async Task<T> Work<T>(Guid tenant, Func<Scope, Task<T>> work)
    {
        await using var scope = Open(tenant);
        await scope.Unit.Begin(TestContext.Current.CancellationToken);
        var result = await work(scope);
        (await scope.Unit.Commit(TestContext.Current.CancellationToken)).ShouldBeNull();
        return result;
    }

    private Task<int> Work(Guid tenant, Func<Scope, Task> work) => Work(tenant, async scope =>
    {
        await work(scope);
        return 0;
    });

    private async Task<Error?> WorkError(Guid tenant, Func<Scope, Task> work, bool publish)
    {
        await using var scope = Open(tenant);
        await scope.Unit.Begin(TestContext.Current.CancellationToken);
        await work(scope);
        if (publish)
        {
            scope.Outbox.Add(new PolicyPublished(Guid.CreateVersion7(), DateTimeOffset.UtcNow, tenant, 1));
        }

        return await scope.Unit.Commit(TestContext.Current.CancellationToken);
    }

    private Scope Open(Guid tenant)
    {
        var scope = ledger.Host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant, "tester");
        return new Scope(scope, tenant);
    }

    private sealed class Scope(AsyncServiceScope scope, Guid tenant) : IAsyncDisposable
    {
        public LedgerContext Context { get; } = scope.ServiceProvider.GetRequiredService<LedgerContext>();

        public IUnitOfWork Unit { get; } = scope.ServiceProvider.GetRequiredKeyedService<IUnitOfWork>(typeof(StorageTests).Assembly);

        public IEventOutbox Outbox { get; } = scope.ServiceProvider.GetRequiredService<IEventOutbox>();

        public Task Add(string name)
        {
            Context.Entries.Add(new Entry(Guid.CreateVersion7(), tenant, name));
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => scope.DisposeAsync();
    }
}
