using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace McpPlatform.Messaging;

/// <summary>The one place that sets up the bus.</summary>
public static class MessagingSetup
{
    /// <summary>
    /// Adds the bus for all modules of this process: RabbitMQ when the connection string <c>rabbitmq</c> is set, else in memory, which only serves a
    /// process that hosts every module. Starting does not wait for the broker.
    /// </summary>
    public static void AddModuleMessaging(this IHostApplicationBuilder builder, IReadOnlyList<ModuleBus> modules)
    {
        var consumers = modules.SelectMany(m => m.Consumers).ToArray();
        var rabbit = builder.Configuration.GetConnectionString("rabbitmq");
        builder.Services.AddOptions<MessagingOptions>().BindConfiguration(MessagingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(new ConsumerTable(consumers));
        builder.Services.AddSingleton<IEventBus, EventBus>();
        builder.Services.Configure<MassTransitHostOptions>(o => o.WaitUntilStarted = false);
        if (rabbit is null)
        {
            builder.Services.AddSingleton(new DeliveryTracker(consumers));
        }

        builder.Services.AddMassTransit(bus =>
        {
            foreach (var consumer in consumers)
            {
                bus.AddConsumer(consumer.Consumer);
            }

            if (rabbit is null)
            {
                bus.UsingInMemory((context, host) => host.AddEndpoints(context, consumers, durable: static (_, _) => { }));
            }
            else
            {
                bus.UsingRabbitMq((context, host) =>
                {
                    host.Host(new Uri(rabbit));
                    host.AddEndpoints(context, consumers, durable: static (endpoint, options) => endpoint.MakeDurable(options));
                });
            }
        });
    }

    private static void AddEndpoints<TEndpoint>(
        this IBusFactoryConfigurator<TEndpoint> host,
        IBusRegistrationContext context,
        IReadOnlyList<ConsumerRegistration> consumers,
        Action<TEndpoint, MessagingOptions> durable)
        where TEndpoint : IReceiveEndpointConfigurator
    {
        var options = context.GetRequiredService<IOptions<MessagingOptions>>().Value;
        foreach (var consumer in consumers)
        {
            if (consumer.Competing)
            {
                host.ReceiveEndpoint(consumer.Queue, endpoint =>
                {
                    durable(endpoint, options);
                    endpoint.UseMessageRetry(r => r.Exponential(options.RetryLimit, options.RetryMinInterval, options.RetryMaxInterval, options.RetryMinInterval));
                    endpoint.UseConsumeFilter(typeof(InboxFilter<>), context);
                    endpoint.ConfigureConsumer(context, consumer.Consumer);
                });
            }
            else
            {
                host.ReceiveEndpoint(new TemporaryEndpointDefinition(consumer.Queue), endpoint => endpoint.ConfigureConsumer(context, consumer.Consumer));
            }
        }
    }

    // At the delivery limit a quorum queue drops a message unless it knows where dead letters go.
    private static void MakeDurable(this IRabbitMqReceiveEndpointConfigurator endpoint, MessagingOptions options)
    {
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", options.DeliveryLimit);
        endpoint.BindDeadLetterQueue("mcpp-dead-letters", "mcpp-dead-letters", queue => queue.SetQuorumQueue());
    }
}
