using McpPlatform.Contracts.Gateway;
using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Breakers;
using McpPlatform.Registry.Application.Discovery;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Application.Snapshots;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>What gateways fetch and report, and how the factory registers what it deployed.</summary>
internal static class InternalEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/internal/v1/registry/snapshot", Snapshot).InternalOnly();
        endpoints.MapPost("/internal/v1/registry/endpoint-reports", Report).InternalOnly();
        endpoints.MapPost("/internal/v1/registry/catalogs", Seen).InternalOnly();
        endpoints.MapPut("/internal/v1/registry/deployments/{deployment:guid}/server", Deployed).InternalOnly();
        endpoints.MapDelete("/internal/v1/registry/deployments/{deployment:guid}/server", Removed).InternalOnly();
    }

    private static async Task<Results<NoContent, ErrorResult>> Report(InternalBody<EndpointReport> report, HttpContext http, TenantContext tenant, ISender sender, CancellationToken ct)
    {
        tenant.Enter(report.Value.TenantId, $"service:{http.Caller().Service}", RequestIds.Of(http));
        return (await sender.Send(new StoreEndpointReport(report.Value), ct)).ToNoContent();
    }

    private static async Task<Results<NoContent, ErrorResult>> Seen(InternalBody<SeenCatalog> seen, HttpContext http, TenantContext tenant, ISender sender, CancellationToken ct)
    {
        tenant.Enter(seen.Value.TenantId, $"service:{http.Caller().Service}", RequestIds.Of(http));
        return (await sender.Send(new StoreSeenCatalog(seen.Value), ct)).Match<Results<NoContent, ErrorResult>>(_ => TypedResults.NoContent(), error => error.ToResult());
    }

    private static async Task<Results<Ok<RegistrySnapshot>, StatusCodeHttpResult, ErrorResult>> Snapshot(HttpContext http, TenantContext tenant, ISender sender, CancellationToken ct)
    {
        tenant.EnterSystem("snapshot");
        var known = http.KnownVersion();
        return (await sender.Send(new GetSnapshot(known), ct)).Match<Results<Ok<RegistrySnapshot>, StatusCodeHttpResult, ErrorResult>>(
            answer =>
            {
                http.Tag(answer.Snapshot?.Version ?? known!.Value);
                return answer.Snapshot is { } snapshot ? TypedResults.Ok(snapshot) : TypedResults.StatusCode(StatusCodes.Status304NotModified);
            },
            error => error.ToResult());
    }

    private static async Task<Results<Ok<DeployedServerResult>, ErrorResult>> Deployed(Guid deployment, InternalBody<DeployedServer> body, HttpContext http, TenantContext tenant, ISender sender, CancellationToken ct)
    {
        tenant.Enter(body.Value.TenantId, $"service:{http.Caller().Service}", RequestIds.Of(http));
        var registered = await sender.Send(new RegisterDeployment(deployment, body.Value), ct);
        if (registered.Error is { } error)
        {
            return error.ToResult();
        }

        return (await sender.Send(new DiscoverNow(registered.Value.Id.ToString()), ct)).Match<Results<Ok<DeployedServerResult>, ErrorResult>>(
            server => TypedResults.Ok(new DeployedServerResult(server.Id, server.Slug, server.Health.ToString().ToLowerInvariant(), server.ToolCount)),
            refused => refused.ToResult());
    }

    private static async Task<Results<NoContent, ErrorResult>> Removed(Guid deployment, TenantContext tenant, ISender sender, CancellationToken ct)
    {
        // A deployment's id is unique over all tenants; the one that it belongs to comes with the record.
        tenant.EnterSystem("factory");
        return (await sender.Send(new RemoveDeployment(deployment), ct)).ToNoContent();
    }
}
