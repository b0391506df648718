using McpPlatform.Hosting.Mediation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Tenants;

namespace McpPlatform.Policy.Infrastructure.Bootstrap;

/// <summary>Founds the platform after the migrations of the first start.</summary>
internal sealed class BootstrapSeed(ISender sender) : IDatabaseSeed
{
    public string Module => PolicyModule.Name;

    public async Task Seed(CancellationToken cancellationToken)
    {
        if ((await sender.Send(new FoundPlatform(), cancellationToken)).Error is { } error)
        {
            throw new InvalidOperationException($"The first tenant could not be stored: {error.Message}");
        }
    }
}
