using MassTransit;
using MassTransit.Middleware;
using McpPlatform.Messaging.DeadLetters;
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
    /// <param name="declareOnly">True for the <c>migrate</c> verb: only <see cref="QueueDeclaration"/> is used, and nothing is consumed.</param>
    public static void AddModuleMessaging(this IHostApplicationBuilder builder, IReadOnlyList<ModuleBus> modules, bool declareOnly = false)
    {
        var consumers = modules.SelectMany(m => m.Consumers).ToArray();
        var services = builder.Services;
        services.AddOptions<MessagingOptions>().BindConfiguration(MessagingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(new ConsumerTable(consumers));
        services.AddSingleton<IEventBus, EventBus>();
        services.Configure<MassTransitHostOptions>(o => o.WaitUntilStarted = false);
        if (builder.Configuration.GetConnectionString("rabbitmq") is { Length: > 0 } address)
        {
            AddRabbitMq(services, Address(address), consumers, declareOnly);
        }
        else
        {
            AddInMemory(services, consumers);
        }
    }

    private static void AddRabbitMq(IServiceCollection services, Uri address, ConsumerRegistration[] consumers, bool declareOnly)
    {
        var declared = declareOnly ? [.. consumers.Where(c => c.Competing)] : consumers;
        services.AddSingleton(new Broker(address));
        services.AddSingleton<IEnding, BrokerEnding>();
        services.AddSingleton<IDeadLetterReturn, BrokerReturn>();
        services.AddSingleton(p => new QueueDeclaration(
            p.GetRequiredService<IBusControl>(), p.GetRequiredService<Broker>(), p.GetRequiredService<IOptions<MessagingOptions>>().Value, [.. consumers.Where(c => c.Competing).Select(c => c.Queue)]));
        services.AddHostedService<DeadLetterDrain>();
        services.AddMassTransit(bus =>
        {
            bus.AddConsumers([.. declared.Select(c => c.Consumer)]);
            bus.UsingRabbitMq((context, host) =>
            {
                host.DeployTopologyOnly = declareOnly;
                host.Host(address, settings => settings.Heartbeat(Broker.Heartbeat));
                host.RetryOften();
                host.Configure();
                host.AddEndpoints(
                    context, declared, Holding.OnBroker, static (endpoint, options) => endpoint.MakeDurable(options), static endpoint => endpoint.MakeShortLived());
            });
        });
    }

    private static void AddInMemory(IServiceCollection services, ConsumerRegistration[] consumers)
    {
        services.AddSingleton(new DeliveryTracker(consumers));
        services.AddSingleton<IEnding, DirectEnding>();
        services.AddSingleton<IDeadLetterReturn, InMemoryReturn>();
        services.AddMassTransit(bus =>
        {
            bus.AddConsumers([.. consumers.Select(c => c.Consumer)]);
            bus.UsingInMemory((context, host) => host.AddEndpoints(context, consumers, Holding.InMemory, static (_, _) => { }, static _ => { }));
        });
    }

    private static void AddEndpoints<TEndpoint>(
        this IBusFactoryConfigurator<TEndpoint> host,
        IBusRegistrationContext context,
        IReadOnlyList<ConsumerRegistration> consumers,
        Holding holding,
        Action<TEndpoint, MessagingOptions> durable,
        Action<TEndpoint> shortLived)
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
                    Compete(endpoint, consumer, options, holding, context);
                });
            }
            else
            {
                host.ReceiveEndpoint(new TemporaryEndpointDefinition(consumer.Queue), DefaultEndpointNameFormatter.Instance, endpoint =>
                {
                    shortLived(endpoint);

                    // Logged by MassTransit; whoever misses news polls.
                    endpoint.PublishFaults = false;
                    endpoint.DiscardFaultedMessages();
                    endpoint.DiscardSkippedMessages();
                    endpoint.ConfigureConsumer(context, consumer.Consumer);
                });
            }
        }
    }

    private static void Compete(
        IReceiveEndpointConfigurator endpoint,
        ConsumerRegistration consumer,
        MessagingOptions options,
        Holding holding,
        IBusRegistrationContext context)
    {
        var ending = context.GetRequiredService<IEnding>();
        endpoint.PrefetchCount = consumer.AtOnce;
        endpoint.ConcurrentMessageLimit = consumer.AtOnce;

        // Fault messages would go to nobody: the dead letter says it.
        endpoint.PublishFaults = false;
        endpoint.ConfigureError(pipe =>
        {
            // Marks the message as faulted, so that it does not also count as skipped.
            pipe.UseFilter(new GenerateFaultFilter());
            pipe.UseFilter(new FaultedFilter(ending, consumer.Queue));
        });
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(new SkippedFilter(ending, consumer.Queue)));
        endpoint.UseFilter(new CompetingFilter(consumer, options, holding, context));
        endpoint.UseConsumeFilter(typeof(InboxFilter<>), context);
        endpoint.ConfigureConsumer(context, consumer.Consumer);
    }

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "amqp" or "amqps"
            ? address
            : throw new InvalidOperationException("ConnectionStrings__rabbitmq is no address such as amqp://user:password@host:5672/vhost.");
}
