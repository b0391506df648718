using McpPlatform.IntegrationTests.Platform;
using McpPlatform.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Messaging;

/// <summary>A broker that is killed while events are being sent: one of this test's own, with the queues that a platform has, one for each kind of work.</summary>
public sealed class BrokerLossTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    [Fact]
    public async Task What_was_confirmed_takes_effect_once_although_the_broker_is_killed_under_load()
    {
        var tenant = Guid.CreateVersion7();
        using var host = fixture.Host("loss", new WorkSettings(tenant));
        await BrokerFixture.Started(host);
        var bus = host.Services.GetRequiredService<IEventBus>();
        var loss = Task.CompletedTask;

        // RabbitMQ 3.10 writes down half a second later that it has a new quorum queue. Killed before, it comes back with a queue that never confirms.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        for (var i = 0; i < 300; i++)
        {
            if (i == 100)
            {
                loss = Task.Run(async () =>
                {
                    await fixture.Broker.Kill();
                    await fixture.Broker.Start();
                });
            }

            await SendUntilConfirmed(bus, WorkHost.Work(tenant), () => loss.Exception);
        }

        await loss;
        await Until.True(async () => (await fixture.Effects(tenant)).Messages == 300, TimeSpan.FromSeconds(40));
        (await fixture.Effects(tenant)).ShouldBe((300, 300));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    // As outbox and spool do it.
    private async Task SendUntilConfirmed(IEventBus bus, Contracts.Registry.HttpToolChanged work, Func<Exception?> broken)
    {
        var last = "the bus was not ready";
        await Until.True(
            async () =>
            {
                try
                {
                    if (!bus.IsReady)
                    {
                        return false;
                    }

                    await bus.Publish(work, work.EventId, TestContext.Current.CancellationToken);
                    return true;
                }
                catch (EventNotDeliveredException e)
                {
                    last = e.Message;
                    return false;
                }
            },
            TimeSpan.FromSeconds(60),
            () => $"Not confirmed within 60 s: {last} {broken()}\nThe broker's last words:\n{fixture.Broker.LastWords()}");
    }
}
