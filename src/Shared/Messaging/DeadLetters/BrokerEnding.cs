using System.Globalization;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>
/// On RabbitMQ a message ends by being published, with a confirm, to the dead-letter queue and only then acknowledged. Whatever breaks in between leaves it
/// where it was.
/// </summary>
internal sealed class BrokerEnding(TimeProvider clock) : IEnding
{
    public Task Park(ReceiveContext message, string queue, string kind, string reason)
    {
        var properties = Properties(message);
        properties.Headers![DeadLetterHeaders.Queue] = queue;
        properties.Headers[DeadLetterHeaders.Kind] = kind;
        properties.Headers[DeadLetterHeaders.Reason] = reason;
        properties.Headers[DeadLetterHeaders.DiedAt] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        return Publish(message, BrokerQueues.DeadLetters, BrokerQueues.DeadLetters, properties);
    }

    // A copy is a new message to the broker: waiting for a database does not use up its deliveries.
    public Task GiveBack(ReceiveContext message, string queue, Exception reason) => Publish(message, "", queue, Properties(message));

    private static BasicProperties Properties(ReceiveContext message)
    {
        var delivery = message.GetPayload<RabbitMqBasicConsumeContext>().Properties;
        var properties = new BasicProperties(delivery) { Persistent = true, Headers = new Dictionary<string, object?>() };
        properties.ClearExpiration();
        foreach (var (name, value) in delivery.Headers ?? new Dictionary<string, object?>())
        {
            if (!DeadLetterHeaders.IsOfDelivery(name))
            {
                properties.Headers[name] = value;
            }
        }

        return properties;
    }

    private static Task Publish(ReceiveContext message, string exchange, string queue, BasicProperties properties) =>
        message.GetPayload<ChannelContext>().BasicPublishAsync(exchange, queue, mandatory: true, properties, message.Body.GetBytes(), awaitAck: true);
}
