using System.Collections.Concurrent;
using System.Diagnostics;
using McpPlatform.IntegrationTests.Platform;
using Npgsql;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Storage;

/// <summary>Dispatchers of several replicas on one outbox. Every test has keys of its own.</summary>
public sealed class OutboxTests(OutboxHost outbox) : IClassFixture<OutboxHost>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Guid _key = Guid.CreateVersion7();
    private readonly Guid _other = Guid.CreateVersion7();

    public async ValueTask InitializeAsync() => await outbox.Execute("DELETE FROM outbox_messages");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Two_replicas_at_once_send_every_event_once_and_those_of_one_key_in_order()
    {
        var keys = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToArray();
        for (var commit = 0; commit < 20; commit++)
        {
            await outbox.Store(Enumerable.Range(0, 100).Select(i => (keys[i % 20], commit * 5L + i / 20)));
        }

        var one = new RecordingBus();
        var two = new RecordingBus(one.List);
        await using (await outbox.Start(one))
        await using (await outbox.Start(two))
        {
            await Until.True(async () => await Left() == 0, Patience, () => $"{one.List.Count} of 2000 were sent.");
        }

        keys.ShouldAllBe(key => one.Versions(key).SequenceEqual(Enumerable.Range(0, 100).Select(v => (long)v)));
        one.List.Count.ShouldBe(2000);
        one.List.Select(s => s.By).Distinct().Count().ShouldBe(2, "both replicas took part");
    }

    [Fact]
    public async Task An_event_is_sent_in_the_trace_of_what_caused_it()
    {
        ActivityTraceId caused;
        using (var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start())
        {
            caused = request.TraceId;
            await outbox.Store((_key, 1));
        }

        await outbox.Store((_other, 1));
        var traces = new ConcurrentDictionary<Guid, ActivityTraceId?>();
        var bus = new RecordingBus
        {
            Deliver = (sent, _) =>
            {
                traces[sent.TenantId] = Activity.Current?.TraceId;
                return Task.CompletedTask;
            },
        };
        await using (await outbox.Start(bus))
        {
            await Until.True(async () => await Left() == 0, Patience);
        }

        (traces[_key], traces[_other]).ShouldBe((caused, null));
    }

    [Fact]
    public async Task A_key_is_sent_by_one_replica_at_a_time_although_an_older_number_commits_meanwhile()
    {
        await using var late = new NpgsqlConnection(outbox.Postgres.Runtime("policy"));
        await late.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await late.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await outbox.Execute(OutboxHost.Insert(_key, 1), late);
        await outbox.Store((_key, 2), (_key, 3));
        var sending = new TaskCompletionSource();
        var confirmed = new TaskCompletionSource();
        var slow = new RecordingBus { Deliver = (_, _) => { sending.TrySetResult(); return confirmed.Task; } };
        var quick = new RecordingBus(slow.List);

        await using var one = await outbox.Start(slow);
        await sending.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await outbox.Store((_other, 1));
        await using var two = await outbox.Start(quick);
        try
        {
            await Until.True(() => Task.FromResult(quick.Versions(_other) is [1]), Patience);
            slow.Versions(_key).ShouldBeEmpty("the first replica holds the key");
        }
        finally
        {
            confirmed.SetResult();
        }

        await Until.True(async () => await Left() == 0, Patience);
        slow.Versions(_key).ShouldBe([2, 3, 1]);
    }

    [Theory]
    [InlineData("McpPlatform.Contracts.Policy.NotYetKnown", "1")]
    [InlineData("McpPlatform.Contracts.Policy.PolicyPublished", "\"no number\"")]
    public async Task An_event_that_cannot_be_read_holds_up_its_own_key_only(string type, string version)
    {
        await outbox.Store((_key, 0));
        await outbox.Execute(OutboxHost.Insert(_key, 1, type, version));
        await outbox.Store(Enumerable.Range(0, 300).SelectMany(v => new[] { (_key, v + 2L), (_other, v) }));
        var bus = new RecordingBus();
        var lines = new LogLines();

        await using var replica = await outbox.Start(bus, lines);

        await Until.True(() => Task.FromResult(bus.Versions(_other).Length == 300), Patience);
        bus.Versions(_other).ShouldBe(Enumerable.Range(0, 300).Select(v => (long)v));
        bus.Versions(_key).ShouldBe([0]);
        (await Left()).ShouldBe(301);
        lines.All.ShouldHaveSingleItem().ShouldContain(_key.ToString());
    }

    [Fact]
    public async Task What_waits_behind_an_unknown_event_is_sent_in_order_once_a_replica_knows_it()
    {
        await outbox.Execute(OutboxHost.Insert(_key, 1, "McpPlatform.Contracts.Policy.NotYetKnown"));
        await outbox.Store((_key, 2), (_key, 3), (_other, 1));
        var bus = new RecordingBus();
        await using var replica = await outbox.Start(bus);
        await Until.True(() => Task.FromResult(bus.Versions(_other) is [1]), Patience);

        await outbox.Execute($"UPDATE outbox_messages SET type = 'McpPlatform.Contracts.Policy.PolicyPublished' WHERE order_key = '{_key}'");

        await Until.True(async () => await Left() == 0, Patience);
        bus.Versions(_key).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task An_event_that_the_bus_refuses_or_never_confirms_holds_up_its_own_key_only()
    {
        var third = Guid.CreateVersion7();
        await outbox.Store((_key, 1), (_other, 1), (third, 1));
        var refused = 0;
        var bus = new RecordingBus
        {
            Deliver = (e, cancellationToken) => e.TenantId == _key && Interlocked.Increment(ref refused) == 1 ? throw new InvalidOperationException("Refused.")
                : e.TenantId == _other ? Task.Delay(Timeout.Infinite, cancellationToken)
                : Task.CompletedTask,
        };

        await using var replica = await outbox.Start(bus);

        await Until.True(() => Task.FromResult(bus.Versions(third) is [1] && bus.Versions(_key) is [1]), Patience);
        bus.Versions(_other).ShouldBeEmpty();
        (await outbox.Execute($"SELECT count(*) FROM outbox_messages WHERE order_key = '{_other}'")).ShouldBe(1);
    }

    [Fact]
    public async Task While_the_database_is_away_there_is_at_most_one_line_a_second_and_afterwards_everything_is_sent()
    {
        await outbox.Store((_key, 1));
        var bus = new RecordingBus();
        var lines = new LogLines();
        await using var replica = await outbox.Start(bus, lines);
        await Until.True(async () => await Left() == 0, Patience);

        await outbox.Postgres.Stop();
        await Until.True(() => Task.FromResult(lines.All.Count >= 1), Patience);
        var since = Stopwatch.StartNew();
        await Until.True(() => Task.FromResult(lines.All.Count >= 2), Patience);
        lines.All.Count.ShouldBeLessThanOrEqualTo(1 + (int)since.Elapsed.TotalSeconds, string.Join('\n', lines.All));

        await outbox.Postgres.Start();
        await outbox.Store((_key, 2));
        await Until.True(() => Task.FromResult(bus.Versions(_key) is [1, 2]), Patience);
    }

    private Task<long> Left() => outbox.Execute("SELECT count(*) FROM outbox_messages");
}
