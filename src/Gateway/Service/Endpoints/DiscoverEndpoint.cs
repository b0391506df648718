using McpPlatform.Contracts.Gateway;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Security;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>Looks at a server for the registry. 200 also when the server failed: the answer says how.</summary>
internal static class DiscoverEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/internal/v1/gateway/discover", Discover).InternalOnly();

    private static Task<DiscoveredServer> Discover(InternalBody<DiscoverServer> server, Discoverer discoverer, CancellationToken ct) => discoverer.Discover(server.Value, ct);
}
