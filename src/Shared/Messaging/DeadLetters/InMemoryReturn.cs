using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using McpPlatform.Contracts;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>Hands a letter to its consumer in this process again. What the consumer does with it is known later: it commits, or the letter ends once more.</summary>
internal sealed class InMemoryReturn(IBus bus, ConsumerTable consumers) : IDeadLetterReturn
{
    public async Task Send(string queue, IReadOnlyDictionary<string, string> properties, byte[] body, CancellationToken cancellationToken)
    {
        var envelope = Envelope.Read(body);
        if (!consumers.Contains(queue) || envelope.MessageId is not { } id || typeof(IIntegrationEvent).Assembly.GetType(envelope.MessageType) is not { } type)
        {
            throw new EventNotDeliveredException($"Nothing on {queue} can read this message.");
        }

        object message;
        try
        {
            using var document = JsonDocument.Parse(body);
            message = document.RootElement.GetProperty("message").Deserialize(type, SystemTextJsonMessageSerializer.Options)!;
        }
        catch (JsonException e)
        {
            throw new EventNotDeliveredException($"Nothing on {queue} can read this message: {FaultText.Of(e)}", e);
        }

        var endpoint = await bus.GetSendEndpoint(new Uri($"queue:{queue}"));
        await endpoint.Send(message, type, context => context.MessageId = id, cancellationToken);
    }
}
