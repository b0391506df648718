using McpPlatform.Factory.Application;
using McpPlatform.Factory.Application.Deployments;
using McpPlatform.Factory.Domain;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace McpPlatform.Factory.Api;

/// <summary>Deployments. Changes are accepted at once and done in the background: poll the deployment's state.</summary>
internal static class DeploymentEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var deployments = endpoints.MapGroup("/api/v1/deployments").WithTags("Deployments");
        deployments.WithRequestTimeout("management");
        deployments.MapPost("/", Create).RequirePermission(Permissions.DeploymentsWrite).WithSummary("Deploys a pack version");
        deployments.MapGet("/", List).RequirePermission(Permissions.DeploymentsRead).WithSummary("Lists deployments, newest first");
        deployments.MapGet("/{id:guid}", Get).RequirePermission(Permissions.DeploymentsRead).WithSummary("One deployment with its state and conditions");
        deployments.MapGet("/{id:guid}/logs", Logs).RequirePermission(Permissions.DeploymentsRead).WithSummary("The newest lines of its process, secrets masked");
        deployments.MapPost("/{id:guid}/restart", Restart).RequirePermission(Permissions.DeploymentsWrite).WithSummary("Begins anew with everything read again");
        deployments.MapDelete("/{id:guid}", Delete).RequirePermission(Permissions.DeploymentsWrite).WithSummary("Unregisters, stops and removes");
    }

    private static async Task<Results<Accepted<DeploymentView>, ErrorResult>> Create(DeploymentRequest request, ISender sender, CancellationToken ct) =>
        Accepted(await sender.Send(new CreateDeployment(request.Pack, request.Version, request.LandingZone, request.Slug), ct));

    private static async Task<Results<Ok<Page<DeploymentView>>, ErrorResult>> List(int? limit, string? cursor, [FromQuery(Name = "include_deleted")] bool? includeDeleted, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new ListDeployments(limit, cursor, includeDeleted ?? false), ct);
        return result.ToOk();
    }

    private static async Task<Results<Ok<DeploymentView>, ErrorResult>> Get(Guid id, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new GetDeployment(id), ct);
        return result.ToOk();
    }

    private static async Task<Results<Ok<Page<LogLine>>, ErrorResult>> Logs(Guid id, int? limit, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new GetDeploymentLogs(id, limit), ct);
        return result.Match<Results<Ok<Page<LogLine>>, ErrorResult>>(lines => TypedResults.Ok(new Page<LogLine>(lines, null)), error => error.ToResult());
    }

    private static async Task<Results<Accepted<DeploymentView>, ErrorResult>> Restart(Guid id, ISender sender, CancellationToken ct) =>
        Accepted(await sender.Send(new RestartDeployment(id), ct));

    private static async Task<Results<Accepted<DeploymentView>, ErrorResult>> Delete(Guid id, ISender sender, CancellationToken ct) =>
        Accepted(await sender.Send(new DeleteDeployment(id), ct));

    private static Results<Accepted<DeploymentView>, ErrorResult> Accepted(Result<DeploymentView> result) => result.Match<Results<Accepted<DeploymentView>, ErrorResult>>(
        deployment => TypedResults.Accepted($"/api/v1/deployments/{deployment.Id}", deployment),
        error => error.ToResult());
}

/// <summary>A pack version to run.</summary>
/// <param name="Pack"><c>namespace/name</c>.</param>
/// <param name="Slug">The server's slug; absent: the pack's name.</param>
public sealed record DeploymentRequest(string Pack, string Version, string LandingZone = LandingZone.LocalName, string? Slug = null);
