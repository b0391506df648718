using System.Diagnostics;
using System.Text.Json;
using McpPlatform.Contracts;
using McpPlatform.Kernel;

namespace McpPlatform.Persistence;

/// <summary>Collects the events of one scope; the unit of work that commits first takes them into its database.</summary>
internal sealed class EventOutbox(TimeProvider clock) : IEventOutbox
{
    private readonly List<OutboxMessage> _messages = [];

    public void Add<TEvent>(TEvent integrationEvent)
        where TEvent : class
    {
        if (integrationEvent is not IIntegrationEvent { EventId: var id })
        {
            throw new ArgumentException($"{typeof(TEvent).Name} is no integration event.", nameof(integrationEvent));
        }

        var type = integrationEvent.GetType();
        var trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } span ? span.Id : null;
        _messages.Add(new OutboxMessage(id, type.FullName!, JsonSerializer.Serialize(integrationEvent, type), clock.GetUtcNow(), trace));
    }

    /// <summary>Hands over what was collected, once.</summary>
    public IReadOnlyList<OutboxMessage> Take()
    {
        OutboxMessage[] taken = [.. _messages];
        _messages.Clear();
        return taken;
    }

    /// <summary>Forgets what was collected: the use case refused or broke.</summary>
    public void Clear() => _messages.Clear();
}
