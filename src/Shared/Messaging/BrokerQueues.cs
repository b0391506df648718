using MassTransit;
using McpPlatform.Contracts;

namespace McpPlatform.Messaging;

/// <summary>The queues on RabbitMQ: replicated and bounded for work, short-lived for news, and one for all that ends.</summary>
internal static class BrokerQueues
{
    /// <summary>Exchange and queue of the dead letters of every module.</summary>
    public const string DeadLetters = "mcpp-dead-letters";

    /// <summary>1000: news are hints, and whoever missed some polls.</summary>
    private const int MaxNews = 1000;

    /// <summary>
    /// Dead letters are never handed out too often: RabbitMQ 4 drops what exceeds its default limit. There is no word for "no limit" that 3.10 knows too.
    /// </summary>
    private const int NoDeliveryLimit = 1_000_000;

    public static Dictionary<string, object?> DeadLetterArguments(MessagingOptions options) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = NoDeliveryLimit,
        ["x-max-length-bytes"] = options.MaxQueueBytes,
        ["x-overflow"] = "reject-publish",
    };

    /// <summary>What holds for the bus as a whole.</summary>
    public static void Configure(this IRabbitMqBusFactoryConfigurator host)
    {
        // Every event has these in common; exchanges of theirs would only copy each message to nobody.
        host.Publish<IIntegrationEvent>(topology => topology.Exclude = true);
        host.Publish<IWorkEvent>(topology => topology.Exclude = true);

        // The bus's own queue; RabbitMQ 4.3 refuses queues that are neither durable nor exclusive.
        host.Durable = true;
    }

    /// <summary>
    /// Replicated, bounded in deliveries and in bytes. A full queue refuses, and the sender keeps its copy. At the delivery limit a message goes to the dead letters,
    /// at least once: without that strategy the broker moves it without waiting for an answer.
    /// </summary>
    public static Dictionary<string, object?> WorkArguments(MessagingOptions options) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = options.DeliveryLimit,
        ["x-max-length-bytes"] = options.MaxQueueBytes,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-exchange"] = DeadLetters,
        ["x-dead-letter-strategy"] = "at-least-once",
    };

    /// <summary>A queue for work, and the one for what ends on it.</summary>
    public static void MakeDurable(this IRabbitMqReceiveEndpointConfigurator endpoint, MessagingOptions options)
    {
        foreach (var (name, value) in WorkArguments(options))
        {
            endpoint.SetQueueArgument(name, value);
        }

        endpoint.BindDeadLetterQueue(DeadLetters, DeadLetters, queue =>
        {
            foreach (var (name, value) in DeadLetterArguments(options))
            {
                queue.SetQueueArgument(name, value);
            }
        });
    }

    /// <summary>For as long as the process lives and a minute more; durable only in name (see <see cref="Configure"/>).</summary>
    public static void MakeShortLived(this IRabbitMqReceiveEndpointConfigurator endpoint)
    {
        endpoint.Durable = true;
        endpoint.SetQueueArgument("x-max-length", MaxNews);
    }
}
