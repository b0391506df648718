using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.Caches;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>What gateways keep of the servers of the caller's tenant. Each gateway says itself what that is; what is to be forgotten is ordered here, for all of them.</summary>
internal static class CacheEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapDelete("/api/v1/admin/cache", Clear).WithTags("Cache").WithRequestTimeout("management").RequirePermission(Permissions.ServersWrite)
            .WithSummary("Has every gateway forget what it keeps of all servers, of one (server), or of one tool (server and tool); within the time that a snapshot takes.");

    private static async Task<Results<Ok<CacheCleared>, ErrorResult>> Clear(ISender sender, CancellationToken ct, string? server = null, string? tool = null) =>
        (await sender.Send(new ClearCache(server, tool), ct)).ToOk();
}
