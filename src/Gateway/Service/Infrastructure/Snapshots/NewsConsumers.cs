using MassTransit;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.Infrastructure.Snapshots;

/// <summary>Hears of new policies, in every gateway process.</summary>
internal sealed class PolicyNewsConsumer(SnapshotRefresher refresher) : IConsumer<PolicyPublished>, IConsumer<KeyRevoked>
{
    public Task Consume(ConsumeContext<PolicyPublished> context) => Hasten();

    public Task Consume(ConsumeContext<KeyRevoked> context) => Hasten();

    private Task Hasten()
    {
        refresher.HastenPolicy();
        return Task.CompletedTask;
    }
}

/// <summary>Hears of new catalogs, in every gateway process.</summary>
internal sealed class CatalogNewsConsumer(SnapshotRefresher refresher) : IConsumer<CatalogPublished>
{
    public Task Consume(ConsumeContext<CatalogPublished> context)
    {
        refresher.HastenRegistry();
        return Task.CompletedTask;
    }
}
