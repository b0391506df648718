using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>Messages that nobody can handle end where an admin of the platform sees them, through the gateway, and hold up nothing.</summary>
[Collection<Crashes>]
public sealed class PoisonFaults(CrashingPlatform faulty)
{
    private const string Letters = "/api/v1/admin/dead-letters";

    private static readonly (string, string)[] Undecodable = [("queue", "tracing-call-records"), ("kind", "undecodable")];

    [Fact]
    public async Task What_no_consumer_can_read_is_parked_sent_again_on_request_and_discarded()
    {
        var marker = $"no message {Guid.NewGuid():n}";
        var before = await MetricReading.Of(faulty.Steps.Admin);
        var seen = await faulty.Break(async load =>
        {
            await Publish("tracing-call-records", marker);
            await load.MoreCalls(40);
        });
        seen.Failed.ShouldBeEmpty();
        var letter = await Letter("tracing-call-records", marker, times: 1);
        var id = letter["id"]!.GetValue<string>();
        (letter["kind"]!.GetValue<string>(), letter["state"]!.GetValue<string>()).ShouldBe(("undecodable", "parked"));
        await Until.True(async () => (await MetricReading.Of(faulty.Steps.Admin)).Value("mcpp.dead_letters.parked") >= 1, TimeSpan.FromSeconds(30), () => "The metric shows no parked letter.");
        (await MetricReading.Of(faulty.Steps.Admin)).Sum("mcpp.dead_letters", "value", Undecodable).ShouldBe(before.Sum("mcpp.dead_letters", "value", Undecodable) + 1);

        (await faulty.Steps.Admin.Post($"{Letters}/{id}/requeue", new { })).Status.ShouldBe(HttpStatusCode.NoContent);
        await Letter("tracing-call-records", marker, times: 2);

        (await faulty.Steps.Admin.Delete($"{Letters}/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await faulty.Steps.Admin.Get($"{Letters}/{id}")).Expect(HttpStatusCode.OK).Json["summary"]!["state"]!.GetValue<string>().ShouldBe("discarded");
    }

    [Fact]
    public async Task A_message_whose_consumer_dies_of_it_again_and_again_is_parked_at_the_delivery_limit()
    {
        var marker = $"killer {Guid.NewGuid():n}";
        await faulty.Platform.Hold("factory");
        await Publish("factory-http-tool-changed", marker);
        await Die("factory-http-tool-changed", times: 10);

        var letter = await Letter("factory-http-tool-changed", marker, times: 1);

        letter["kind"]!.GetValue<string>().ShouldBe("delivery_limit");
        faulty.Platform.Release("factory");
        await faulty.Platform.WaitUntilHealthy();
    }

    private async Task Publish(string queue, string body)
    {
        await using var connection = await Connect();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json" }, Encoding.UTF8.GetBytes(body));
    }

    // What the broker sees of a consumer that dies: its connection ends with the message not acknowledged.
    private async Task Die(string queue, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await using var connection = await Connect();
            await using var channel = await connection.CreateChannelAsync();
            await channel.BasicGetAsync(queue, autoAck: false);
        }
    }

    private Task<IConnection> Connect() => new ConnectionFactory { Uri = faulty.Platform.Broker, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    private async Task<JsonNode> Letter(string queue, string marker, int times)
    {
        JsonNode? found = null;
        await Until.True(
            async () =>
            {
                foreach (var item in (await faulty.Steps.Admin.Get($"{Letters}?queue={queue}&limit=50")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray())
                {
                    var detail = (await faulty.Steps.Admin.Get($"{Letters}/{item!["id"]}")).Expect(HttpStatusCode.OK).Json;
                    if (detail["body"]!.GetValue<string>() == marker && item["times"]!.GetValue<int>() == times)
                    {
                        found = item;
                        return true;
                    }
                }

                return false;
            },
            TimeSpan.FromSeconds(30),
            () => $"No dead letter '{marker}' that died {times} times.");
        return found!;
    }
}
