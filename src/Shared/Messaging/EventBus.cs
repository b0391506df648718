using MassTransit;
using McpPlatform.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Messaging;

internal sealed class EventBus(IBusControl bus, IServiceProvider services) : IEventBus
{
    /// <summary>30 s: longer than a broker's restart (4 to 8 s measured), shorter than anyone's patience with a stuck dispatcher.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public bool IsReady => bus.CheckHealth().Status == BusHealthStatus.Healthy;

    public async Task Publish(object integrationEvent, Guid eventId, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        var type = integrationEvent.GetType();
        try
        {
            using var delivery = services.GetService<DeliveryTracker>()?.Expect(type, eventId);
            await bus.Publish(integrationEvent, type, context => Label(context, integrationEvent, eventId), deadline.Token);
            if (delivery is not null)
            {
                await delivery.Done.WaitAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventNotDeliveredException($"{type.Name} {eventId} was not confirmed within {Patience.TotalSeconds} s.", e);
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
