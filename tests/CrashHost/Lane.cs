using MassTransit;
using McpPlatform.Contracts;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;
using McpPlatform.Messaging;

namespace McpPlatform.CrashHost;

/// <summary>Several of these hosts run side by side on one broker; each number has a module, a queue, a database and a kind of event of its own.</summary>
internal sealed record Lane(string Module, string Queue, Func<Guid, IIntegrationEvent> Event, Action<ModuleBus> AddConsumer)
{
    private static readonly Guid Tenant = new("00000000-0000-7000-8000-00000000c4a5");

    private static readonly Lane[] All =
    [
        new("crash0", "crash0-policy-published", id => new PolicyPublished(id, DateTimeOffset.UnixEpoch, Tenant, 1), bus => bus.Competing<PolicyPublishedConsumer>()),
        new("crash1", "crash1-key-revoked", id => new KeyRevoked(id, DateTimeOffset.UnixEpoch, Tenant, id, 1), bus => bus.Competing<KeyRevokedConsumer>()),
        new("crash2", "crash2-catalog-published", id => new CatalogPublished(id, DateTimeOffset.UnixEpoch, Tenant, id, 1), bus => bus.Competing<CatalogPublishedConsumer>()),
    ];

    public static Lane Of(string number) => All[int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)];
}

internal sealed class PolicyPublishedConsumer(CrashContext database) : EffectConsumer(database), IConsumer<PolicyPublished>
{
    public Task Consume(ConsumeContext<PolicyPublished> context) => Add(context.Message);
}

internal sealed class KeyRevokedConsumer(CrashContext database) : EffectConsumer(database), IConsumer<KeyRevoked>
{
    public Task Consume(ConsumeContext<KeyRevoked> context) => Add(context.Message);
}

internal sealed class CatalogPublishedConsumer(CrashContext database) : EffectConsumer(database), IConsumer<CatalogPublished>
{
    public Task Consume(ConsumeContext<CatalogPublished> context) => Add(context.Message);
}

/// <summary>Adds a row for an event; the inbox commits it.</summary>
internal abstract class EffectConsumer(CrashContext database)
{
    protected Task Add(IIntegrationEvent integrationEvent)
    {
        database.Effects.Add(new Effect(integrationEvent.EventId));
        return Task.CompletedTask;
    }
}
