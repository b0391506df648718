using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>Makes a letter of a message in the dead-letter queue, whatever it is: one of ours says why in headers, one that the broker moved says it in <c>x-death</c>.</summary>
internal static class DeadLetterReading
{
    private const int MaxNameLength = 256;

    public static DeadLetter Read(BasicDeliverEventArgs delivery, DateTimeOffset now)
    {
        var properties = delivery.BasicProperties;
        var body = delivery.Body.ToArray();
        var envelope = Envelope.Read(body);
        var messageId = envelope.MessageId ?? (Guid.TryParse(properties.MessageId, out var id) ? id : null);
        var (queue, kind) = (Header(properties, DeadLetterHeaders.Queue), Header(properties, DeadLetterHeaders.Kind));
        var reason = Header(properties, DeadLetterHeaders.Reason);
        if (queue is null || kind is null)
        {
            (queue, kind) = (Header(properties, "x-first-death-queue") ?? Death(properties, "queue") ?? "", Header(properties, "x-first-death-reason") ?? Death(properties, "reason") ?? "unknown");
            reason = kind == DeadLetterKind.DeliveryLimit
                ? "The broker handed it out as often as it may, and each time the process or the connection of its consumer died."
                : $"The broker moved it here ({kind}).";
        }

        var diedAt = DateTimeOffset.TryParse(Header(properties, DeadLetterHeaders.DiedAt), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : now;
        return new DeadLetter(
            Name(queue), Name(envelope.MessageType), messageId, envelope.TenantId, Name(kind), FaultText.Clean(reason ?? ""), diedAt, MessageProperties.Read(properties), body);
    }

    private static string? Header(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue(name, out var value) ? MessageProperties.Text(value) : null;

    private static string? Death(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers is { } headers && headers.TryGetValue("x-death", out var deaths) && deaths is IList<object> { Count: > 0 } list
        && list[0] is IDictionary<string, object?> first && first.TryGetValue(name, out var value)
            ? MessageProperties.Text(value)
            : null;

    private static string Name(string text)
    {
        var name = string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        return name.Length <= MaxNameLength ? name : name[..MaxNameLength];
    }
}
