using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>
/// On the in-memory bus a dead letter is stored at once. Only then its sender may forget it: a message that always fails does not block its outbox for ever,
/// and is not lost.
/// </summary>
internal sealed partial class DirectEnding(IServiceProvider services, TimeProvider clock, ILogger<DirectEnding> logger) : IEnding
{
    public async Task Park(ReceiveContext message, string queue, string kind, string reason)
    {
        var body = message.Body.GetBytes();
        var envelope = Envelope.Read(body);
        var messageId = envelope.MessageId ?? message.GetMessageId();
        var properties = new Dictionary<string, string> { [MessageProperties.ContentType] = message.ContentType?.MediaType ?? "" };
        var tracker = services.GetRequiredService<DeliveryTracker>();
        try
        {
            var keeper = services.GetService<IDeadLetterKeeper>() ?? throw new InvalidOperationException("No module of this process keeps dead letters.");
            await keeper.Keep(new DeadLetter(queue, envelope.MessageType, messageId, envelope.TenantId, kind, reason, clock.GetUtcNow(), properties, body), message.CancellationToken);
        }
        catch (Exception e)
        {
            NotKept(logger, messageId, queue, reason, e);
            tracker.Failed(messageId ?? Guid.Empty, queue, e);
            return;
        }

        tracker.Committed(messageId ?? Guid.Empty, queue);
    }

    public Task GiveBack(ReceiveContext message, string queue, Exception reason)
    {
        services.GetRequiredService<DeliveryTracker>().Failed(Envelope.Read(message.Body.GetBytes()).MessageId ?? Guid.Empty, queue, reason);
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} on {Queue} failed and could not be kept as a dead letter; its sender sends it again. It failed because: {Reason}")]
    private static partial void NotKept(ILogger logger, Guid? messageId, string queue, string reason, Exception exception);
}
