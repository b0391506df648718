using RabbitMQ.Client;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>Puts a letter straight into its queue. A connection of its own each time: it happens when a person asks for it.</summary>
internal sealed class BrokerReturn(Broker broker) : IDeadLetterReturn
{
    public async Task Send(string queue, IReadOnlyDictionary<string, string> properties, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await broker.Connect("dead letter goes back", cancellationToken);
            await using var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
            await channel.BasicPublishAsync("", queue, mandatory: true, MessageProperties.Write(properties), body, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventNotDeliveredException($"The broker did not take the message for {queue}: {FaultText.Of(e)}", e);
        }
    }
}
