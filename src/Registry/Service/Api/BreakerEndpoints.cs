using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.Breakers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>How the servers of the caller's tenant are, and the breakers of their endpoints.</summary>
internal static class BreakerEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/v1/servers/{server}/health", Health).WithTags("Servers").WithRequestTimeout("management").RequirePermission(Permissions.ServersRead)
            .WithSummary("Shows what the last look at a server found, and its endpoints as each gateway sees them.");
        var breakers = endpoints.MapGroup("/api/v1/breakers").WithTags("Breakers");
        breakers.WithRequestTimeout("management");
        breakers.MapGet("/", List).RequirePermission(Permissions.ServersRead).WithSummary("Lists the breakers of all endpoints, by server; a page holds whole servers.");
        breakers.MapPost("/{id}/reset", Reset).RequirePermission(Permissions.ServersWrite)
            .WithSummary("Closes a breaker at every gateway and forgets the failures, also when it was forced open.");
        breakers.MapPost("/{id}/force-open", ForceOpen).RequirePermission(Permissions.ServersWrite).WithSummary("Keeps calls away from an endpoint at every gateway, until it is reset.");
    }

    private static async Task<Results<Ok<ServerHealthView>, ErrorResult>> Health(string server, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetServerHealth(server), ct)).ToOk();

    private static async Task<Results<Ok<Page<BreakerView>>, ErrorResult>> List(ISender sender, CancellationToken ct, int? limit = null, string? cursor = null) =>
        (await sender.Send(new ListBreakers(limit, cursor), ct)).ToOk();

    private static Task<Results<Ok<BreakerView>, ErrorResult>> Reset(string id, ISender sender, CancellationToken ct) => Change(id, false, sender, ct);

    private static Task<Results<Ok<BreakerView>, ErrorResult>> ForceOpen(string id, ISender sender, CancellationToken ct) => Change(id, true, sender, ct);

    private static async Task<Results<Ok<BreakerView>, ErrorResult>> Change(string id, bool forceOpen, ISender sender, CancellationToken ct) =>
        (await sender.Send(new ChangeBreaker(id, forceOpen), ct)).ToOk();
}
