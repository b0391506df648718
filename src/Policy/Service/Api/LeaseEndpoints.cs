using McpPlatform.Contracts.Policy;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Policy.Application.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Policy.Api;

/// <summary>Where gateways get their shares of limits, once a second and for many limits at once.</summary>
internal static class LeaseEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/internal/v1/policy/limit-leases", Lend).InternalOnly().WithRequestTimeout("management");

    private static async Task<Results<Ok<LimitLeases>, ErrorResult>> Lend(InternalBody<LimitLeaseRequest> request, ISender sender, CancellationToken ct) =>
        (await sender.Send(new LendShares(request.Value), ct)).ToOk();
}
