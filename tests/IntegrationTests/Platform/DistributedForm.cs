namespace McpPlatform.IntegrationTests.Platform;

/// <summary>Five services as processes over RabbitMQ.</summary>
/// <param name="gateways">How many gateways, each on a port of its own.</param>
public sealed class DistributedForm(int gateways = 1) : IPlatformForm
{
    public async Task<IPlatformUnderTest> Create(IReadOnlyDictionary<string, string>? settings = null) => await DistributedPlatform.Create(gateways, settings);
}
