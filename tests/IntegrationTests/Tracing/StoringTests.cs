using System.Diagnostics;
using System.Net;
using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Tracing.Application;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Tracing;

[CollectionDefinition(nameof(TracingHost))]
public sealed class OneTracingHost : ICollectionFixture<TracingHost>;

/// <summary>From the bus into the partitions: once each, whatever comes.</summary>
[Collection(nameof(TracingHost))]
public sealed class StoringTests(TracingHost tracing, ITestOutputHelper output)
{
    private readonly Guid _tenant = Guid.CreateVersion7();

    [Fact]
    public async Task A_batch_that_comes_again_is_stored_once_also_under_another_name()
    {
        var first = Calls.Of(_tenant);
        var second = Calls.Of(_tenant);
        var batch = await tracing.Publish([first, second]);

        await tracing.Publish([first, second], batch);
        await tracing.Publish([second, first, Calls.Of(_tenant)]);

        (await Count()).ShouldBe(3);
    }

    [Fact]
    public async Task A_gateway_learns_which_batches_are_committed()
    {
        var batch = await tracing.Publish([Calls.Of(_tenant)]);
        var query = new { event_ids = new[] { batch, Guid.CreateVersion7() } };

        var (status, body) = await tracing.PostInternal("internal/v1/tracing/batches/committed", query);

        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("event_ids").EnumerateArray().ShouldHaveSingleItem().GetGuid().ShouldBe(batch);
        (await tracing.PostInternal("internal/v1/tracing/batches/committed", new { event_ids = new Guid[1001] })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_batch_without_records_is_committed_too()
    {
        var batch = await tracing.Publish([]);

        var (_, body) = await tracing.PostInternal("internal/v1/tracing/batches/committed", new { event_ids = new[] { batch } });

        body.GetProperty("event_ids").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Poison_in_one_record_holds_up_nobody()
    {
        var nul = Calls.Of(_tenant) with { Arguments = "a\0b", Result = "\ud800", Subject = "x\0" };
        var endless = Calls.Of(_tenant) with { Tool = new string('t', 5000), Arguments = new string('é', 100_000), DurationMicroseconds = -1 };
        var ancient = Calls.Of(_tenant) with { StartedAt = DateTimeOffset.MinValue, Id = Guid.NewGuid() };
        var future = Calls.Of(_tenant) with { StartedAt = DateTimeOffset.MaxValue, Id = Guid.NewGuid() };
        var absent = Calls.Of(_tenant) with { Subject = null!, TraceId = null!, Status = null! };

        await tracing.Publish([nul, endless, ancient, future, absent, Calls.Of(_tenant)]);

        (await Count()).ShouldBe(6);
        var (_, body) = await tracing.Get($"api/v1/traces/{nul.Id}", _tenant);
        body.GetProperty("arguments").GetString().ShouldBe("a\uFFFDb");
        (await tracing.Get($"api/v1/traces/{future.Id}", _tenant)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_new_day_gets_one_partition_however_many_batches_open_it_at_once()
    {
        var day = DateTimeOffset.UtcNow.AddDays(-12);
        var batches = Enumerable.Range(0, 8).Select(_ => new[] { Calls.Of(_tenant, day), Calls.Of(_tenant, day.AddDays(-1)) }).ToArray();

        await Task.WhenAll(batches.Select(b => tracing.Publish(b)));

        (await Count()).ShouldBe(16);
        (await tracing.Ask($"SELECT count(DISTINCT tableoid) FROM call_records WHERE tenant_id = '{_tenant}' AND tableoid <> 'call_records_default'::regclass", "*"))
            .ShouldBe(2L);
    }

    [Fact]
    public async Task Opening_a_day_many_times_at_once_fails_nobody()
    {
        var day = DateTimeOffset.UtcNow.AddDays(-15).UtcDateTime;

        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => tracing.Ask($"SELECT ensure_call_partitions(ARRAY['{day:yyyy-MM-dd}'::date])", "")));

        made.Cast<int>().Sum().ShouldBe(1);
    }

    [Fact]
    public async Task What_waited_in_the_default_partition_moves_when_its_day_opens()
    {
        var soon = DateTimeOffset.UtcNow.AddDays(2);
        await tracing.Publish([Calls.Of(_tenant, soon)]);
        (await tracing.Ask($"SELECT count(*) FROM call_records WHERE tableoid = 'call_records_default'::regclass AND tenant_id = '{_tenant}'", "*")).ShouldBe(1L);

        await tracing.Ask($"SELECT ensure_call_partitions(ARRAY['{soon.UtcDateTime:yyyy-MM-dd}'::date])", "");

        (await tracing.Ask($"SELECT tableoid::regclass::text FROM call_records WHERE tenant_id = '{_tenant}'", "*")).ShouldBe(Partition(soon));
    }

    [Fact]
    public async Task Partitions_are_walled_when_they_are_asked_directly()
    {
        var day = DateTimeOffset.UtcNow.AddDays(-9);
        await tracing.Publish([Calls.Of(_tenant, day), Calls.Of(_tenant)]);

        // Also after the next migration, which grants the tables of the schema anew.
        await tracing.Services.GetServices<IDatabaseMigrator>().Single().Migrate(TestContext.Current.CancellationToken);
        await Refused($"SELECT count(*) FROM {Partition(day)}");
        (await tracing.Ask("SELECT count(*) FROM call_records", "")).ShouldBe(0L);
    }

    [Theory]
    [InlineData("UPDATE call_records SET status = 'ok'")]
    [InlineData("DELETE FROM call_records")]
    [InlineData("TRUNCATE call_records")]
    public Task What_is_on_record_can_be_neither_changed_nor_removed_by_the_service(string sql) => Refused(sql);

    [Fact]
    public async Task Retention_drops_whole_days_and_never_todays()
    {
        var old = DateTimeOffset.UtcNow.AddDays(-25);
        await tracing.Publish([Calls.Of(_tenant, old), Calls.Of(_tenant)]);

        var dropped = await InSystemScope(p => p.DropBefore(DateOnly.FromDateTime(old.UtcDateTime).AddDays(1), TestContext.Current.CancellationToken));

        dropped.ShouldContain(Partition(old));
        (await Count()).ShouldBe(1);
        (await tracing.Ask("SELECT count(*) FROM drop_call_partitions(current_date + 400) WHERE drop_call_partitions >= 'call_records_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')", "*"))
            .ShouldBe(0L);
        (await Count()).ShouldBe(1, "today's partition stands whatever is asked for");
    }

    [Fact]
    public async Task A_full_batch_of_large_records_takes_well_under_the_bus_s_patience()
    {
        var text = string.Concat(Enumerable.Range(0, 1024).Select(i => $"{i * 7919:x8}--------"));
        var records = Enumerable.Range(0, 500).Select(_ => Calls.Of(_tenant) with { Arguments = text, Result = text }).ToArray();
        var watch = Stopwatch.StartNew();

        await tracing.Publish(records);

        output.WriteLine($"500 records of {2 * text.Length} characters: {watch.ElapsedMilliseconds} ms, bus included");
        (await Count()).ShouldBe(500);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static string Partition(DateTimeOffset day) => $"call_records_{day.UtcDateTime:yyyyMMdd}";

    private async Task<long> Count(string table = "call_records") => (long)(await tracing.Ask($"SELECT count(*) FROM {table} WHERE tenant_id = '{_tenant}'", "*"))!;

    private async Task<T> InSystemScope<T>(Func<ICallPartitions, Task<T>> work)
    {
        await using var scope = tracing.Services.GetRequiredService<IServiceScopeFactory>().CreateSystemScope("test");
        return await work(scope.ServiceProvider.GetRequiredService<ICallPartitions>());
    }

    private async Task Refused(string sql) =>
        (await Should.ThrowAsync<PostgresException>(() => tracing.Ask(sql, $"{_tenant}"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
}
