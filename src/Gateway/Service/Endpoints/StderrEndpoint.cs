using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Mcp.Upstream;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>What the processes of a stdio server write to their error streams: at this gateway, for each has its own.</summary>
internal static class StderrEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGroup("/api/v1/gateway").WithTags("Gateway")
        .MapGet("/servers/{server}/stderr", Read).RequirePermission(Permissions.ServersRead)
        .WithSummary("The end of what each process of a stdio server wrote to its error stream at the gateway that answers, and of the last one that ended. Secrets are taken out.");

    private static Results<Ok<ServerOutput>, ErrorResult> Read(string server, HttpContext http, GatewayStateStore store, CallSpool spool, UpstreamPool pool)
    {
        var tenant = http.Caller().TenantId;
        var route = store.Current.Registry.RoutesOf(tenant).Servers.Values.FirstOrDefault(route => route.Slug == server || (Guid.TryParse(server, out var id) && route.ServerId == id));
        if (route is null)
        {
            return Error.NotFound("servers.not_found", "There is no such server, or it is not enabled.").ToResult();
        }

        var living = pool.SlotsOf(route).Select(slot => (slot.Key, slot.Latest, slot.Status))
            .Where(slot => slot.Latest?.Connection is StdioUpstream { ProcessId: not null })
            .Select(slot => Of(slot.Key, (StdioUpstream)slot.Latest!.Connection, slot.Status, slot.Latest.Secrets, tenant))
            .OrderBy(process => process.StartedAt);
        return TypedResults.Ok(new ServerOutput(spool.GatewayId, route.Slug, [.. living, .. pool.EndedOf(route) is { } ended ? [Of(ended, tenant)] : Array.Empty<ProcessOutput>()]));
    }

    private static ProcessOutput Of(UpstreamKey key, StdioUpstream process, UpstreamStatus status, KnownSecrets secrets, Guid tenant) => Of(
        key, process.ProcessId!.Value, process.IsClosed ? "ended" : status == UpstreamStatus.Connecting ? "starting" : "running", process.StartedAt!.Value, null, process.Stderr, secrets, tenant);

    private static ProcessOutput Of(EndedProcess ended, Guid tenant) => Of(ended.Key, ended.ProcessId, "ended", ended.StartedAt, ended.EndedAt, ended.Stderr, ended.Secrets, tenant);

    private static ProcessOutput Of(
        UpstreamKey key, int processId, string state, DateTimeOffset startedAt, DateTimeOffset? endedAt, StderrTail stderr, KnownSecrets secrets, Guid tenant)
    {
        // What it says of one tenant is no other tenant's business; those who run the platform see it.
        var isWithheld = key.Part.Scope == ProcessScope.Shared && tenant != DefaultTenant.Id;
        return new ProcessOutput(
            processId,
            state,
            key.Part.Scope.ToString().ToLowerInvariant(),
            key.Part.Scope == ProcessScope.Session ? key.Part.Id : null,
            key.Part.Principal,
            startedAt,
            endedAt,
            isWithheld ? "" : HarmlessText.Of(stderr, secrets),
            stderr.IsCut,
            isWithheld);
    }
}

/// <param name="Items">None for a server by address. Those that run, then the last one that ended, if it did lately.</param>
internal sealed record ServerOutput(string GatewayId, string Server, IReadOnlyList<ProcessOutput> Items);

/// <param name="State">starting, running or ended.</param>
/// <param name="Scope">Who shares it: tenant, principal, session, call or shared.</param>
/// <param name="Principal">Whose it is, where it is somebody's.</param>
/// <param name="IsCut">It wrote more before.</param>
/// <param name="IsWithheld">It serves other tenants, too: only callers of the tenant that runs the platform see what it writes.</param>
internal sealed record ProcessOutput(
    int ProcessId,
    string State,
    string Scope,
    Guid? Session,
    string? Principal,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    string Stderr,
    bool IsCut,
    bool IsWithheld);
