using MassTransit;
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
            await bus.Publish(integrationEvent, type, context => context.MessageId = eventId, deadline.Token);
            if (delivery is not null)
            {
                await delivery.Done.WaitAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventNotDeliveredException($"{type.Name} {eventId} was not confirmed within {Patience.TotalSeconds} s.", e);
        }
    }
}
