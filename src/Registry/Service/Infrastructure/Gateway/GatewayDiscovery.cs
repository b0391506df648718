using System.Net.Http.Json;
using System.Text.Json;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Hosting;
using McpPlatform.Registry.Application;

namespace McpPlatform.Registry.Infrastructure.Gateway;

/// <summary>Only gateways talk to upstreams: one is asked over its internal listener.</summary>
internal sealed partial class GatewayDiscovery(IHttpClientFactory clients, ILogger<GatewayDiscovery> logger) : IDiscovery
{
    public const string Client = "gateway";

    public async Task<DiscoveredServer?> Discover(DiscoverServer server, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await clients.CreateClient(Client).PostAsJsonAsync("internal/v1/gateway/discover", server, Json.Internal, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                NoAnswer(logger, server.ServerId, (int)response.StatusCode, null);
                return null;
            }

            return await response.Content.ReadFromJsonAsync<DiscoveredServer>(Json.Internal, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            NoAnswer(logger, server.ServerId, 0, e);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No gateway could look at server {ServerId} (status {Status}); tried again by itself.")]
    private static partial void NoAnswer(ILogger logger, Guid serverId, int status, Exception? exception);
}
