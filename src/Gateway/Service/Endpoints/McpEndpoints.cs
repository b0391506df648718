using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;
using Caller = McpPlatform.Gateway.State.Caller;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// <c>/mcp</c> (all servers of the tenant, names <c>{server}__{tool}</c>) and <c>/mcp/servers/{server}</c> (one server, its own names). Each request is
/// authenticated, resolved and counted here, then handed to the protocol.
/// </summary>
internal sealed class McpEndpoints(
    McpEndpoint protocol,
    GatewayServer server,
    GatewayStateStore store,
    LimitShares shares,
    TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var mcp = endpoints.ServiceProvider.GetRequiredService<McpEndpoints>();
        endpoints.Map("/mcp", http => mcp.Handle(http, null)).AuthenticatesItself().ExcludeFromDescription();
        endpoints.Map("/mcp/servers/{server}", http => mcp.Handle(http, (string?)http.Request.RouteValues["server"])).AuthenticatesItself().ExcludeFromDescription();
    }

    /// <summary>What another gateway passed on, for a session or a held call that is here. The path after the prefix is the endpoint's, and the caller's credential comes beside ours.</summary>
    public static void MapForwarded(IEndpointRouteBuilder endpoints)
    {
        var mcp = endpoints.ServiceProvider.GetRequiredService<McpEndpoints>();
        endpoints.Map($"{GatewayOwners.Prefix}/mcp", http => mcp.Take(http, null)).InternalOnly();
        endpoints.Map($"{GatewayOwners.Prefix}/mcp/servers/{{server}}", http => mcp.Take(http, (string?)http.Request.RouteValues["server"])).InternalOnly();
    }

    private Task Take(HttpContext http, string? slug)
    {
        http.Request.Path = http.Request.Path.Value![GatewayOwners.Prefix.Length..];
        http.Request.Headers.Authorization = $"Bearer {http.Request.Headers[GatewayOwners.CallerHeader]}";
        http.Request.Headers.Remove(GatewayOwners.CallerHeader);
        http.Features.Set(new ForwardedSession());
        return Handle(http, slug);
    }

    private Task Handle(HttpContext http, string? slug)
    {
        var (startedAt, authenticating) = (time.GetUtcNow(), time.GetTimestamp());
        var state = store.Current;
        var credential = Credentials.Of(http.Request.Headers);
        switch (ApiKeys.Authenticate(state, credential, time, out var caller))
        {
            case AuthenticationOutcome.NotReady:
                return Refuse(http, CallRefusal.NotReady);
            case AuthenticationOutcome.Missing or AuthenticationOutcome.Invalid:
                http.Response.Headers.WWWAuthenticate = "Bearer";
                return Refuse(http, new McpError(ErrorCodes.AccessDenied, "Send a valid API key as 'Authorization: Bearer <key>' or 'X-Api-Key: <key>'.", 401));
        }

        // What another gateway passed on was counted there.
        var left = int.MaxValue;
        if (http.Features.Get<ForwardedSession>() is null)
        {
            var isWithin = shares.TryTake(caller!.Rate, out var use);
            LimitHeaders.Set(http, use);
            if (!isWithin)
            {
                GatewayMetrics.Limited(LimitKind.Key);
                return Refuse(http, CallRefusal.RateLimited(use));
            }

            left = use.Left;
        }

        ServerRoute? route = null;
        if (slug is not null && !TryFind(state, caller!, slug, new Asked(startedAt, http.Connection.RemoteIpAddress), out route))
        {
            return Refuse(http, new McpError(ErrorCodes.InvalidRequest, "There is no such server.", 404));
        }

        http.Features.Set(new GatewayRequest(state, caller!, credential!, route, RequestIds.Of(http), startedAt, RequestStart.Of(http) ?? authenticating, authenticating, time.GetTimestamp(), left));
        return protocol.Handle(http, server);
    }

    // One that the caller may not use does not exist for it.
    private static bool TryFind(GatewayState state, Caller caller, string slug, in Asked asked, out ServerRoute? route) =>
        state.Registry.RoutesOf(caller.TenantId).Servers.TryGetValue(slug, out route) && Access.IsVisible(caller, route, asked);

    private static Task Refuse(HttpContext http, CallRefusal refusal)
    {
        GatewayServer.SetRetryAfter(http, refusal);
        return Refuse(http, refusal.Error);
    }

    private static async Task Refuse(HttpContext http, McpError error)
    {
        using var message = new PooledBuffer();
        JsonRpcWriter.WriteError(message, default, error, ProtocolVersion.Find(http.Request.Headers[McpHeaders.ProtocolVersion])?.Era ?? ProtocolEra.Legacy);
        http.Response.StatusCode = error.HttpStatus;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = message.Written.Length;
        await http.Response.Body.WriteAsync(message.Written, http.RequestAborted);
    }
}
