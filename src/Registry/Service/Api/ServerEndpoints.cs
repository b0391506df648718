using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application;
using McpPlatform.Registry.Application.Discovery;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>The servers of the caller's tenant.</summary>
internal static class ServerEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var servers = endpoints.MapGroup("/api/v1/servers").WithTags("Servers");
        servers.WithRequestTimeout("management");
        servers.MapGet("/", List).RequirePermission(Permissions.ServersRead).WithSummary("Lists servers by slug; filters: q (in slug or title), tag, transport, health.");
        servers.MapPost("/", Register).RequirePermission(Permissions.ServersWrite).WithSummary("Registers a server, by address or by the name of an operator's launcher; it is looked at within a second.");
        servers.MapGet("/{server}", Get).RequirePermission(Permissions.ServersRead).WithSummary("Shows a server, by id or slug; its version is its ETag.");
        servers.MapPatch("/{server}", Change).RequirePermission(Permissions.ServersWrite).WithSummary("Changes what is given; headers, variables, timeouts and limits are replaced as a whole. With If-Match only the version that was read.");
        servers.MapDelete("/{server}", Delete).RequirePermission(Permissions.ServersWrite).WithSummary("Removes a server; its tools are no longer listed or callable.");
        servers.MapPost("/{server}/discover", Discover).RequirePermission(Permissions.ServersWrite).WithSummary("Looks at a server now; a server that fails is an answer, see health and health_message.");
        servers.MapGet("/{server}/offer", Offer).RequirePermission(Permissions.ServersRead).WithSummary("Shows what a server says of itself and offers besides tools: eras, capabilities, instructions, prompts, resources and templates.");
    }

    /// <param name="Transport">http, sse or stdio.</param>
    /// <param name="Url">For http and sse.</param>
    /// <param name="Launcher">For stdio: a name from the operator's mcpplatform.yaml. Commands never come over the network.</param>
    /// <param name="Headers">Secret headers for http and sse; never readable back.</param>
    /// <param name="Variables">Secret values for the launcher's variables; never readable back.</param>
    /// <param name="Timeouts">Instead of the gateway's own, in milliseconds.</param>
    /// <param name="MaxAttempts">Most attempts at one call; 1 = never retried.</param>
    /// <param name="Endpoints">Instead of url: several places at which the server answers.</param>
    /// <param name="Balancing">How calls are spread over them.</param>
    /// <param name="Scope">For stdio, who shares a process: tenant (default), principal, session, call (nobody), or shared (all tenants, where the operator's launcher allows it).</param>
    /// <param name="IdleStopMs">For stdio: how long a process may stand idle before it is stopped; 0 = the gateway's own.</param>
    /// <param name="MaxInstances">For stdio: most processes at once, within the gateway's own limit; 0 = that limit.</param>
    /// <param name="RateLimit">Calls per second of all callers, all gateways together, and how many at once; an empty object takes it away.</param>
    /// <param name="ToolRateLimits">The same for single tools, by the server's own name of them; replaced as a whole.</param>
    /// <param name="MaxConcurrency">Calls under way at once at each gateway; further ones wait their turn. 0 = as the gateway's option says.</param>
    /// <param name="Definitions">What becomes of definitions that the server adds or changes: auto (served as they come), quarantine (withheld until accepted), or default (as the operator's option says).</param>
    /// <param name="TrustOnFirstUse">Under quarantine: what is there at the first look is accepted unless it is flagged (true, the default), or waits as well.</param>
    /// <param name="Cache">Tools whose results gateways may keep, for how long and for whom; an empty object takes it away.</param>
    /// <param name="AllowPrivateAddress">Lets the server live on a loopback, private or link-local address. Needs the permission servers:private.</param>
    internal sealed record RegisterServerBody(
        string Slug,
        ServerTransport Transport,
        string? Url = null,
        string? Launcher = null,
        string? Title = null,
        IReadOnlyDictionary<string, string>? Headers = null,
        IReadOnlyDictionary<string, string>? Variables = null,
        bool AllowPrivateAddress = false,
        string? Environment = null,
        IReadOnlyList<string>? Tags = null,
        bool Enabled = true,
        ServerTimeouts? Timeouts = null,
        int? MaxAttempts = null,
        IReadOnlyList<ServerEndpoint>? Endpoints = null,
        ServerBalancing? Balancing = null,
        string? Scope = null,
        int? IdleStopMs = null,
        int? MaxInstances = null,
        RateTerms? RateLimit = null,
        IReadOnlyDictionary<string, RateTerms>? ToolRateLimits = null,
        int? MaxConcurrency = null,
        string? Definitions = null,
        bool? TrustOnFirstUse = null,
        CacheTerms? Cache = null);

    internal sealed record ChangeServerBody(
        string? Title = null,
        string? Url = null,
        string? Launcher = null,
        IReadOnlyDictionary<string, string>? Headers = null,
        IReadOnlyDictionary<string, string>? Variables = null,
        bool? AllowPrivateAddress = null,
        string? Environment = null,
        IReadOnlyList<string>? Tags = null,
        bool? Enabled = null,
        ServerTimeouts? Timeouts = null,
        int? MaxAttempts = null,
        IReadOnlyList<ServerEndpoint>? Endpoints = null,
        ServerBalancing? Balancing = null,
        string? Scope = null,
        int? IdleStopMs = null,
        int? MaxInstances = null,
        RateTerms? RateLimit = null,
        IReadOnlyDictionary<string, RateTerms>? ToolRateLimits = null,
        int? MaxConcurrency = null,
        string? Definitions = null,
        bool? TrustOnFirstUse = null,
        CacheTerms? Cache = null);

    private static async Task<Results<Ok<Page<ServerView>>, ErrorResult>> List(
        ISender sender,
        CancellationToken ct,
        string? q = null,
        string? tag = null,
        string? transport = null,
        string? health = null,
        int? limit = null,
        string? cursor = null)
    {
        var (byTransport, byHealth) = (Read<ServerTransport>("transport", transport), Read<ServerHealth>("health", health));
        return (byTransport.Error ?? byHealth.Error) is { } error
            ? error.ToResult()
            : (await sender.Send(new ListServers(new ServerFilter(q, tag, byTransport.Value, byHealth.Value), limit, cursor), ct)).ToOk();
    }

    private static async Task<Results<Created<ServerView>, ErrorResult>> Register(RegisterServerBody body, HttpContext http, ISender sender, CancellationToken ct)
    {
        if (body.AllowPrivateAddress && !http.Caller().May(Permissions.ServersPrivate))
        {
            return NoPrivate().ToResult();
        }

        var command = new RegisterServer(
            body.Slug, body.Title, body.Transport, body.Url, body.Launcher, body.AllowPrivateAddress, body.Headers, body.Variables, body.Environment, body.Tags, body.Enabled,
            body.Timeouts, body.MaxAttempts, body.Endpoints, body.Balancing, body.Scope, body.IdleStopMs, body.MaxInstances,
            body.RateLimit, body.ToolRateLimits, body.MaxConcurrency, body.Definitions, body.TrustOnFirstUse, body.Cache);
        return (await sender.Send(command, ct)).ToCreated(http, server => $"/api/v1/servers/{server.Id}");
    }

    private static async Task<Results<Ok<ServerView>, ErrorResult>> Get(string server, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetServer(server), ct)).ToOk(http);

    private static async Task<Results<Ok<ServerView>, ErrorResult>> Change(string server, ChangeServerBody body, HttpContext http, ISender sender, CancellationToken ct)
    {
        // Moving a server that may live on private addresses elsewhere is the same power as allowing it.
        if (body.AllowPrivateAddress == true && !http.Caller().May(Permissions.ServersPrivate))
        {
            return NoPrivate().ToResult();
        }

        var isMoved = body.Url is not null || body.Endpoints is not null;
        var mayPrivate = http.Caller().May(Permissions.ServersPrivate);
        return (await http.IfMatch(version => sender.Send(Command(version), ct))).ToOk(http);

        ChangeServer Command(long? version) => new(
            server, body.Title, body.Url, body.Launcher, isMoved && !mayPrivate ? false : body.AllowPrivateAddress, body.Headers, body.Variables, body.Environment, body.Tags, body.Enabled, version,
            body.Timeouts, body.MaxAttempts, body.Endpoints, body.Balancing, body.Scope, body.IdleStopMs, body.MaxInstances,
            body.RateLimit, body.ToolRateLimits, body.MaxConcurrency, body.Definitions, body.TrustOnFirstUse, body.Cache);
    }

    private static async Task<Results<NoContent, ErrorResult>> Delete(string server, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new DeleteServer(server, version), ct))).ToNoContent();

    private static async Task<Results<Ok<ServerView>, ErrorResult>> Discover(string server, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new DiscoverNow(server), ct)).ToOk(http);

    private static async Task<Results<Ok<OfferView>, ErrorResult>> Offer(string server, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetOffer(server), ct)).ToOk();

    private static Error NoPrivate() => Error.Forbidden("servers.private", $"allow_private_address needs the permission {Permissions.ServersPrivate}. Ask an admin to register this server.");

    private static Result<T?> Read<T>(string name, string? text)
        where T : struct, Enum
        => text is null ? (T?)null
            : !int.TryParse(text, out _) && Enum.TryParse<T>(text, ignoreCase: true, out var value) ? (T?)value
            : Error.Invalid("request.invalid", $"{name} must be one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
}
