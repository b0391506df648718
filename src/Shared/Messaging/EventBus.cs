using MassTransit;
using McpPlatform.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Messaging;

internal sealed class EventBus(IBusControl bus, IServiceProvider services) : IEventBus
{
    /// <summary>5 s for a broker's confirm, which takes milliseconds: what is sent again meanwhile is dropped by the consumers' inbox.</summary>
    private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(5);

    /// <summary>30 s for the consumers of this process to commit: a database's restart takes less.</summary>
    private static readonly TimeSpan CommitPatience = TimeSpan.FromSeconds(30);

    public bool IsReady => bus.CheckHealth().Status == BusHealthStatus.Healthy;

    public async Task Publish(object integrationEvent, Guid eventId, CancellationToken cancellationToken)
    {
        var tracker = services.GetService<DeliveryTracker>();
        var patience = tracker is null ? ConfirmPatience : CommitPatience;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        var type = integrationEvent.GetType();
        try
        {
            using var delivery = tracker?.Expect(type, eventId);
            // Publish does not give up by its token alone: a confirm that was lost with its connection never comes.
            await bus.Publish(integrationEvent, type, context => Label(context, integrationEvent, eventId), deadline.Token).WaitAsync(deadline.Token);
            if (delivery is not null)
            {
                await delivery.Done.WaitAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventNotDeliveredException($"{type.Name} {eventId} was not confirmed within {patience.TotalSeconds} s.", e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventNotDeliveredException($"{type.Name} {eventId} was not delivered: {FaultText.Of(e)}", e);
        }
    }

    // Mandatory: the broker gives work back for which there is no queue, instead of confirming that it dropped it.
    private static void Label(PublishContext context, object integrationEvent, Guid eventId)
    {
        context.MessageId = eventId;
        context.Mandatory = integrationEvent is IWorkEvent;
    }
}
