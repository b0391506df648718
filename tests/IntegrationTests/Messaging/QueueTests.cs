using McpPlatform.IntegrationTests.Platform;
using McpPlatform.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Messaging;

/// <summary>What a real broker holds, and what it does with an event for which it has no queue.</summary>
[Collection("broker")]
public sealed class QueueTests(BrokerFixture fixture)
{
    [Fact]
    public async Task Declaring_makes_quorum_queues_with_every_bound_and_consumes_nothing()
    {
        using var host = WorkHost.Build("declared", fixture.Broker.Address, fixture.Database, declareOnly: true);

        var declaration = host.Services.GetRequiredService<QueueDeclaration>();
        await declaration.Declare(TestContext.Current.CancellationToken);
        await declaration.Declare(TestContext.Current.CancellationToken);

        declaration.Queues.ShouldBe(["declared-work"]);
        await IsDeclaredAs("declared-work", new()
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = 5,
            ["x-max-length-bytes"] = 1L << 30,
            ["x-overflow"] = "reject-publish",
            ["x-dead-letter-exchange"] = BrokerQueues.DeadLetters,
            ["x-dead-letter-strategy"] = "at-least-once",
        });
        await IsDeclaredAs(BrokerQueues.DeadLetters, new()
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = 1_000_000,
            ["x-max-length-bytes"] = 1L << 30,
            ["x-overflow"] = "reject-publish",
        });
        (await fixture.Waiting("declared-work")).ShouldBe(0);
    }

    [Fact]
    public async Task Declaring_with_other_bounds_says_which_queue_is_refused_and_what_to_do()
    {
        using var first = WorkHost.Build("changed", fixture.Broker.Address, fixture.Database, declareOnly: true);
        await first.Services.GetRequiredService<QueueDeclaration>().Declare(TestContext.Current.CancellationToken);

        using var second = WorkHost.Build("changed", fixture.Broker.Address, fixture.Database, declareOnly: true, options: new Dictionary<string, string?> { ["Messaging:DeliveryLimit"] = "7" });
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => second.Services.GetRequiredService<QueueDeclaration>().Declare(TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("changed-work");
        refused.Message.ShouldContain("Messaging__DeliveryLimit");
    }

    [Fact]
    public async Task Work_without_a_queue_is_given_back_instead_of_confirmed()
    {
        using var sender = SenderOnly();
        await BrokerFixture.Started(sender);
        var work = new Unwanted(Guid.CreateVersion7(), DateTimeOffset.UtcNow, Guid.CreateVersion7());

        await Should.ThrowAsync<EventNotDeliveredException>(() =>
            sender.Services.GetRequiredService<IEventBus>().Publish(work, work.EventId, TestContext.Current.CancellationToken));

        await sender.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Work_that_is_sent_before_its_consumer_ever_ran_waits_for_it()
    {
        var tenant = Guid.CreateVersion7();
        using var declaring = WorkHost.Build("early", fixture.Broker.Address, fixture.Database, declareOnly: true);
        await declaring.Services.GetRequiredService<QueueDeclaration>().Declare(TestContext.Current.CancellationToken);
        using var sender = SenderOnly();
        await BrokerFixture.Started(sender);
        var work = WorkHost.Work(tenant);

        await sender.Services.GetRequiredService<IEventBus>().Publish(work, work.EventId, TestContext.Current.CancellationToken);
        await sender.StopAsync(TestContext.Current.CancellationToken);

        using var consumer = fixture.Host("early", new WorkSettings(tenant));
        await BrokerFixture.Started(consumer);
        await Until.True(async () => (await fixture.Effects(tenant)).Messages == 1, TimeSpan.FromSeconds(20));
        await consumer.StopAsync(TestContext.Current.CancellationToken);
    }

    private IHost SenderOnly()
    {
        MassTransit.LogContext.ConfigureCurrentLogContext(NullLoggerFactory.Instance);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:rabbitmq"] = fixture.Broker.Address;
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddModuleMessaging([]);
        return builder.Build();
    }

    // A broker refuses to declare a queue again with any other arguments; with the same ones it says yes.
    private async Task IsDeclaredAs(string queue, Dictionary<string, object?> arguments)
    {
        await using var connection = await fixture.Broker.Connect();
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);
        }

        foreach (var name in arguments.Keys)
        {
            await using var channel = await connection.CreateChannelAsync();
            var others = arguments.Where(a => a.Key != name).ToDictionary();
            await Should.ThrowAsync<OperationInterruptedException>(() => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, others), name);
        }
    }
}
