using MassTransit;
using McpPlatform.Contracts;
using McpPlatform.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Messaging;

/// <summary>Stands before every competing consumer: seen messages are dropped, and the note is committed with the consumer's changes.</summary>
internal sealed class InboxFilter<T>(IServiceProvider services, ConsumerTable table) : IFilter<ConsumeContext<T>>
    where T : class
{
    public void Probe(ProbeContext context) => context.CreateFilterScope("inbox");

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        var registration = table.ByQueue(context.ReceiveContext.InputAddress);
        var messageId = context.MessageId
            ?? throw new InvalidOperationException($"A message on {registration.Queue} has no id; publish through the outbox.");
        EnterTenant(context.Message, registration.Queue);
        var inbox = services.GetRequiredKeyedService<IInbox>(registration.Module);

        var isNew = false;
        await inbox.Process(registration.Queue, messageId, () =>
        {
            isNew = true;
            return next.Send(context);
        }, context.CancellationToken);
        if (!isNew)
        {
            // Handled before: without this word MassTransit takes it for a message that no consumer wants, and it would end as a dead letter.
            await context.NotifyConsumed(TimeSpan.Zero, "inbox");
        }

        services.GetService<DeliveryTracker>()?.Committed(messageId, registration.Queue);
    }

    // A message acts for the tenant it names; one that mixes tenants (call records) for the platform.
    private void EnterTenant(T message, string queue)
    {
        var tenant = services.GetRequiredService<TenantContext>();
        if (message is IIntegrationEvent { TenantId: var id } && id != Guid.Empty)
        {
            tenant.Enter(id, $"event:{queue}");
        }
        else
        {
            tenant.EnterSystem(queue);
        }
    }
}

/// <summary>Finds a consumer by the queue that a message came from.</summary>
internal sealed class ConsumerTable(IReadOnlyList<ConsumerRegistration> consumers)
{
    private readonly Dictionary<string, ConsumerRegistration> _byQueue = consumers.Where(c => c.Competing).ToDictionary(c => c.Queue);

    /// <summary>Whether a competing consumer of this process takes what is on this queue.</summary>
    public bool Contains(string queue) => _byQueue.ContainsKey(queue);

    public ConsumerRegistration ByQueue(Uri inputAddress) => _byQueue[inputAddress.AbsolutePath[(inputAddress.AbsolutePath.LastIndexOf('/') + 1)..]];
}
