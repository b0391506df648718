using System.Globalization;
using MassTransit;

namespace McpPlatform.Messaging;

/// <summary>What RabbitMQ says about one delivery.</summary>
internal static class RabbitMqDelivery
{
    /// <summary>How often the message was handed out before; 0 for a new one, and always on the in-memory bus.</summary>
    public static long Redeliveries(ReceiveContext message)
    {
        if (!message.TryGetPayload(out RabbitMqBasicConsumeContext? delivery))
        {
            return 0;
        }

        return delivery.Properties.Headers is { } headers && headers.TryGetValue("x-delivery-count", out var count) && count is IConvertible
            ? Convert.ToInt64(count, CultureInfo.InvariantCulture)
            : message.Redelivered ? 1 : 0;
    }
}
