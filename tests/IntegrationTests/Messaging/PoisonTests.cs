using System.Text;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.Messaging;
using McpPlatform.Messaging.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Messaging;

/// <summary>Messages that cannot be handled, and times at which none can, on a real broker.</summary>
[Collection("broker")]
public sealed class PoisonTests(BrokerFixture fixture)
{
    private static readonly Dictionary<string, string?> Quick = new() { ["Messaging:RetryLimit"] = "2", ["Messaging:RetryMinInterval"] = "00:00:00.020", ["Messaging:MaxMessageBytes"] = "100000" };

    [Fact]
    public async Task Each_kind_of_poison_ends_with_its_reason_and_the_good_ones_take_effect_once_however_often_they_come()
    {
        var tenant = Guid.CreateVersion7();
        using var host = fixture.Host("poison", new WorkSettings(tenant), options: Quick);
        await BrokerFixture.Started(host);
        var bus = host.Services.GetRequiredService<IEventBus>();
        await Empty();

        await Send(Encoding.UTF8.GetBytes("no message at all"));
        await Send("""{"messageId":"01890000-0000-7000-8000-000000000001","messageType":["urn:message:Nobody:Knows"],"message":{}}"""u8.ToArray());
        var (bad, large) = (WorkHost.Work(tenant, WorkHost.Throws), WorkHost.Work(tenant) with { Document = new string('x', 200_000) });
        await bus.Publish(bad, bad.EventId, TestContext.Current.CancellationToken);
        await bus.Publish(large, large.EventId, TestContext.Current.CancellationToken);
        var good = Enumerable.Range(0, 200).Select(_ => WorkHost.Work(tenant)).ToArray();
        foreach (var work in good.Concat(good.Take(20)).Concat(good.Take(20)))
        {
            await bus.Publish(work, work.EventId, TestContext.Current.CancellationToken);
        }

        await Until.True(async () => (await fixture.Effects(tenant)).Messages == 200, TimeSpan.FromSeconds(30));
        var letters = new List<DeadLetter>();
        await Until.True(
            async () =>
            {
                letters.AddRange(await Empty());
                return letters.Count(l => l.Queue == "poison-work") >= 4;
            },
            TimeSpan.FromSeconds(20));

        letters.Where(l => l.Queue == "poison-work").Select(l => l.Kind).Order()
            .ShouldBe([DeadLetterKind.Faulted, DeadLetterKind.TooLarge, DeadLetterKind.Undecodable, DeadLetterKind.UnknownType]);
        var faulted = letters.Single(l => l.Kind == DeadLetterKind.Faulted && l.Queue == "poison-work");
        (faulted.MessageId, faulted.TenantId).ShouldBe((bad.EventId, tenant));
        faulted.Reason.ShouldContain("This tool cannot be deployed.");
        faulted.Reason.ShouldNotContain("abcdefghijklmnop");
        (await fixture.Effects(tenant)).ShouldBe((200, 200));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_ends_and_afterwards_everything_is_handled()
    {
        var tenant = Guid.CreateVersion7();
        var away = "Host=127.0.0.1;Port=1;Username=nobody;Database=none";
        using (var without = fixture.Host("outage", new WorkSettings(tenant), database: away, options: Quick))
        {
            await BrokerFixture.Started(without);
            await Empty();
            for (var i = 0; i < 20; i++)
            {
                var work = WorkHost.Work(tenant);
                await without.Services.GetRequiredService<IEventBus>().Publish(work, work.EventId, TestContext.Current.CancellationToken);
            }

            // Many times the retry budget (2 × 20 ms).
            await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
            await without.StopAsync(TestContext.Current.CancellationToken);
        }

        (await Empty()).Where(l => l.Queue == "outage-work").ShouldBeEmpty();
        using var with = fixture.Host("outage", new WorkSettings(tenant), options: Quick);
        await BrokerFixture.Started(with);
        await Until.True(async () => await fixture.Effects(tenant) == (20, 20), TimeSpan.FromSeconds(20));
        await with.StopAsync(TestContext.Current.CancellationToken);
    }

    private async Task Send(byte[] body)
    {
        await using var connection = await fixture.Broker.Connect();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync("", "poison-work", mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json" }, body);
    }

    private async Task<IReadOnlyList<DeadLetter>> Empty()
    {
        await using var connection = await fixture.Broker.Connect();
        await using var channel = await connection.CreateChannelAsync();
        var letters = new List<DeadLetter>();
        while (await channel.BasicGetAsync(BrokerQueues.DeadLetters, autoAck: true) is { } got)
        {
            letters.Add(DeadLetterReading.Read(new BasicDeliverEventArgs("", got.DeliveryTag, got.Redelivered, got.Exchange, got.RoutingKey, got.BasicProperties, got.Body), DateTimeOffset.UtcNow));
        }

        return letters;
    }
}
