using McpPlatform.Contracts.Policy;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Snapshots;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Policy.Api;

/// <summary>What gateways fetch. The ETag is the version in quotes.</summary>
internal static class SnapshotEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/internal/v1/policy/snapshot", Get).InternalOnly().WithRequestTimeout("management");

    private static async Task<Results<Ok<PolicySnapshot>, StatusCodeHttpResult, ErrorResult>> Get(
        HttpContext http,
        TenantContext tenant,
        ISender sender,
        CancellationToken ct)
    {
        tenant.EnterSystem("snapshot");
        var known = http.KnownVersion();
        return (await sender.Send(new GetSnapshot(known), ct)).Match<Results<Ok<PolicySnapshot>, StatusCodeHttpResult, ErrorResult>>(
            answer =>
            {
                http.Tag(answer.Snapshot?.Version ?? known!.Value);
                return answer.Snapshot is { } snapshot ? TypedResults.Ok(snapshot) : TypedResults.StatusCode(StatusCodes.Status304NotModified);
            },
            error => error.ToResult());
    }
}
