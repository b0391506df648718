using McpPlatform.Contracts.Gateway;
using McpPlatform.Hosting;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>Tells the registry what this gateway saw of a server, so that it does not have to look itself.</summary>
internal sealed partial class CatalogReporter(IHttpClientFactory clients, ILogger<CatalogReporter> logger)
{
    /// <summary>A registry that cannot be told finds out by its own next look.</summary>
    public async Task Report(Guid tenantId, Guid serverId, DiscoveredServer found, CancellationToken cancellationToken)
    {
        try
        {
            using var http = clients.CreateClient("registry");
            using var response = await http.PostAsJsonAsync("internal/v1/registry/catalogs", new SeenCatalog(tenantId, serverId, found), Json.Internal, cancellationToken);
            response.EnsureSuccessStatusCode();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            ReportFailed(logger, serverId, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry could not be told what server {ServerId} lists now; it will find out by itself.")]
    private static partial void ReportFailed(ILogger logger, Guid serverId, Exception exception);
}
