using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.Routes;
using McpPlatform.Registry.Domain;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>The routes of the caller's tenant: intents and the tools that carry them out.</summary>
internal static class RouteEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("/api/v1/routes").WithTags("Routes");
        routes.WithRequestTimeout("management");
        routes.MapGet("/", List).RequirePermission(Permissions.ServersRead).WithSummary("Lists routes, oldest first; filter: intent.");
        routes.MapPost("/", Add).RequirePermission(Permissions.ServersWrite).WithSummary("Adds a route: an intent, and the tools that carry it out in an environment and a version. Policy decides about each of them as ever.");
        routes.MapGet("/{id:guid}", Get).RequirePermission(Permissions.ServersRead).WithSummary("Shows a route; its version is its ETag.");
        routes.MapPut("/{id:guid}", Replace).RequirePermission(Permissions.ServersWrite).WithSummary("Replaces a route; with If-Match only the version that was read.");
        routes.MapDelete("/{id:guid}", Delete).RequirePermission(Permissions.ServersWrite).WithSummary("Removes a route.");
    }

    /// <param name="Intent">What callers ask for, such as weather.forecast.</param>
    /// <param name="Candidates">In the order in which they are preferred: server, its own name of the tool, weight, and constants, which are arguments that the tool gets whatever the caller sends.</param>
    /// <param name="Balancing">Who is asked first: failover (in order, the default), round_robin or weighted_random. The others take over when that one cannot do it.</param>
    /// <param name="Environment">Callers that ask for another one do not get it; left out = every environment.</param>
    /// <param name="IntentVersion">Semantic version, for callers that ask for a range.</param>
    internal sealed record RouteBody(
        string Intent,
        IReadOnlyList<RouteCandidate> Candidates,
        RouteBalancing Balancing = RouteBalancing.Failover,
        string? Environment = null,
        string? IntentVersion = null,
        string? Description = null,
        bool Enabled = true)
    {
        internal RouteTerms Terms => new(Intent, Environment ?? "", IntentVersion ?? "", Description ?? "", Balancing, Candidates, Enabled);
    }

    private static async Task<Results<Ok<Page<RouteView>>, ErrorResult>> List(ISender sender, CancellationToken ct, string? intent = null, int? limit = null, string? cursor = null) =>
        (await sender.Send(new ListRoutes(intent, limit, cursor), ct)).ToOk();

    private static async Task<Results<Created<RouteView>, ErrorResult>> Add(RouteBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new AddRoute(body.Terms), ct)).ToCreated(http, route => $"/api/v1/routes/{route.Id}");

    private static async Task<Results<Ok<RouteView>, ErrorResult>> Get(Guid id, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetRoute(id), ct)).ToOk(http);

    private static async Task<Results<Ok<RouteView>, ErrorResult>> Replace(Guid id, RouteBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new ReplaceRoute(id, body.Terms, version), ct))).ToOk(http);

    private static async Task<Results<NoContent, ErrorResult>> Delete(Guid id, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new DeleteRoute(id, version), ct))).ToNoContent();
}
