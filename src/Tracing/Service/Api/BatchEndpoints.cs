using McpPlatform.Contracts.Tracing;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Tracing.Application.Batches;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Tracing.Api;

/// <summary>Tells gateways which of their batches are stored, so that they can delete their copies.</summary>
internal static class BatchEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/internal/v1/tracing/batches/committed", Committed).InternalOnly().WithRequestTimeout("management");

    private static async Task<Results<Ok<CommittedBatches>, ErrorResult>> Committed(InternalBody<BatchQuery> query, TenantContext tenant, ISender sender, CancellationToken ct)
    {
        tenant.EnterSystem("batches");
        return (await sender.Send(new FindCommittedBatches(query.Value.EventIds), ct)).ToOk();
    }
}
