using McpPlatform.Contracts;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Profiles;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Draining;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;
using Caller = McpPlatform.Gateway.State.Caller;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// <c>/mcp</c> (all servers of the tenant, names <c>{server}__{tool}</c>), <c>/mcp/servers/{server}</c> (one server, its own names) and <c>/mcp/sets/{set}</c> (a tool set), each also as HTTP+SSE of
/// 2024-11-05 (<c>…/sse</c>; of all servers at <c>/sse</c>) and as WebSocket (<c>…/ws</c>). Each request, and each message of a WebSocket, is authenticated, resolved
/// and counted here, then handed to the protocol.
/// </summary>
internal sealed class McpEndpoints(
    McpEndpoint protocol,
    GatewayServer server,
    GatewayStateStore store,
    LimitShares shares,
    ResourceMetadata resources,
    ProfileSet profiles,
    TimeProvider time)
{
    private static readonly McpError NoKey = new(ErrorCodes.AccessDenied, "Send a valid API key as 'Authorization: Bearer <key>' or 'X-Api-Key: <key>'.", 401);
    private static readonly McpError NoServer = new(ErrorCodes.InvalidRequest, "There is no such server.", 404);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var mcp = endpoints.ServiceProvider.GetRequiredService<McpEndpoints>();
        ResourceMetadata.Map(endpoints, "");
        Map("/mcp", mcp.Http);
        Map("/sse", mcp.Sse);
        Map("/mcp/ws", mcp.Socket);
        Map("/mcp/servers/{server}", mcp.Http);
        Map("/mcp/servers/{server}/sse", mcp.Sse);
        Map("/mcp/servers/{server}/ws", mcp.Socket);
        Map("/mcp/sets/{set}", mcp.Http);
        Map("/mcp/sets/{set}/sse", mcp.Sse);
        Map("/mcp/sets/{set}/ws", mcp.Socket);

        void Map(string pattern, RequestDelegate serve)
        {
            // Only routes with a server or a set have values, and only they should make the dictionary.
            endpoints.Map(pattern, pattern.Contains('{') ? http => mcp.Handle(http, Shown.By(http), serve) : http => mcp.Handle(http, default, serve)).AuthenticatesItself().ExcludeFromDescription();
            ResourceMetadata.Map(endpoints, pattern);
        }
    }

    /// <summary>
    /// What another gateway passed on, for a session or a held call that is here. The path after the prefix is the endpoint's, and the caller's credential comes beside ours. A
    /// WebSocket is where its session is.
    /// </summary>
    public static void MapForwarded(IEndpointRouteBuilder endpoints)
    {
        var mcp = endpoints.ServiceProvider.GetRequiredService<McpEndpoints>();
        Map("/mcp", mcp.Http);
        Map("/sse", mcp.Sse);
        Map("/mcp/servers/{server}", mcp.Http);
        Map("/mcp/servers/{server}/sse", mcp.Sse);
        Map("/mcp/sets/{set}", mcp.Http);
        Map("/mcp/sets/{set}/sse", mcp.Sse);

        void Map(string pattern, RequestDelegate serve) => endpoints.Map($"{GatewayOwners.Prefix}{pattern}", http => mcp.Take(http, serve)).InternalOnly();
    }

    private Task Take(HttpContext http, RequestDelegate serve)
    {
        Unwrap(http);
        return Handle(http, Shown.By(http), serve);
    }

    /// <summary>Makes a request that another gateway passed on what it was when it came there.</summary>
    internal static void Unwrap(HttpContext http)
    {
        http.Request.Path = http.Request.Path.Value![GatewayOwners.Prefix.Length..];
        http.Request.Headers.Authorization = $"Bearer {http.Request.Headers[GatewayOwners.CallerHeader]}";
        http.Request.Headers.Remove(GatewayOwners.CallerHeader);
        if (Uri.TryCreate(http.Request.Headers[GatewayOwners.AddressHeader], UriKind.Absolute, out var address))
        {
            (http.Request.Scheme, http.Request.Host) = (address.Scheme, new HostString(address.Authority));
        }

        http.Features.Set(new ForwardedSession());
        http.Features.Set(SourceWasChecked.Mark);
    }

    private Task Handle(HttpContext http, Shown shown, RequestDelegate serve)
    {
        if (protocol.AnswersPage(http))
        {
            return Task.CompletedTask;
        }

        if (KeyInAddress.IsIn(http.Request))
        {
            return protocol.Foreign(http) is { } page ? Refuse(http, page) : Challenge(http, resources.MalformedRequest(http.Request), KeyInAddress.Refusal);
        }

        if (Admit(http, shown, RequestStart.Of(http), out var retryAfter) is not { } refusal)
        {
            return serve(http);
        }

        // The challenge names the host that was asked for, so that has to be one of ours.
        GatewayServer.SetRetryAfter(http, retryAfter);
        return refusal != NoKey ? Refuse(http, refusal)
            : protocol.Foreign(http) is { } foreign ? Refuse(http, foreign)
            : Challenge(http, resources.Challenge(http.Request, isInvalid: Credentials.Of(http.Request.Headers) is not null), refusal);
    }

    private static Task Challenge(HttpContext http, string challenge, McpError refusal)
    {
        http.Response.Headers.WWWAuthenticate = challenge;
        return Refuse(http, refusal);
    }

    private Task Http(HttpContext http) => protocol.Handle(http, server);

    private Task Sse(HttpContext http) => protocol.HandleSse(http, server);

    private Task Socket(HttpContext http)
    {
        Drain.Pin(http);
        return protocol.HandleWebSocket(http, server, Admit);
    }

    /// <summary>
    /// One message of a WebSocket, as if it had come by itself. A request over the key's rate is refused as ever; what has no answer (the answer to a question, a
    /// cancellation) must not be lost, and waits for its turn.
    /// </summary>
    private async ValueTask<McpError?> Admit(HttpContext message, MessageKind kind, CancellationToken cancellationToken)
    {
        message.TraceIdentifier = TimeOrderedId.Create(time.GetUtcNow()).ToString("n");
        var startedAt = time.GetTimestamp();
        while (true)
        {
            if (Admit(message, Shown.By(message), startedAt, out var retryAfter) is not { } refusal)
            {
                return null;
            }

            if (kind == MessageKind.Request || retryAfter is not { } wait)
            {
                return refusal;
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>Who asks, whether it may now, and what; then the request has its <see cref="GatewayRequest"/>. Else why not.</summary>
    internal McpError? Admit(HttpContext http, Shown shown, long? started, out TimeSpan? retryAfter)
    {
        var (startedAt, authenticating) = (time.GetUtcNow(), time.GetTimestamp());
        var state = store.Current;
        var credential = Credentials.Of(http.Request.Headers);
        retryAfter = null;
        switch (ApiKeys.Authenticate(state, credential, time, out var caller))
        {
            case AuthenticationOutcome.NotReady:
                retryAfter = CallRefusal.NotReady.RetryAfter;
                return CallRefusal.NotReady.Error;
            case AuthenticationOutcome.Missing or AuthenticationOutcome.Invalid:
                return NoKey;
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
                retryAfter = use.RetryAfter;
                return CallRefusal.RateLimited(use).Error;
            }

            left = use.Left;
        }

        ClientProfile? profile = null;
        if (http.Request.Headers.TryGetValue(ProfileSet.Header, out var named) && (profile = profiles.Find(named.ToString())) is null)
        {
            return new McpError(ErrorCodes.InvalidRequest, $"{ProfileSet.Header} names no client profile. Known are {string.Join(", ", profiles.Names)}.", 400);
        }

        // A name that no gateway knows (any more) is that of no profile: keys outlive operators' files.
        profile ??= caller!.ClientProfile is { } own ? profiles.Find(own) : null;
        ServerRoute? route = null;
        ToolSetRoute? set = null;
        if ((shown.Server is not null || shown.Set is not null) && !TryFind(state, caller!, shown, new Asked(startedAt, http.Connection.RemoteIpAddress), out route, out set))
        {
            return NoServer;
        }

        http.Features.Set(new GatewayRequest(state, caller!, credential!, route, RequestIds.Of(http), startedAt, started ?? authenticating, authenticating, time.GetTimestamp(), left, set, profile));
        return null;
    }

    // One that the caller may not use does not exist for it.
    private static bool TryFind(GatewayState state, Caller caller, Shown shown, in Asked asked, out ServerRoute? route, out ToolSetRoute? set)
    {
        var routes = state.Registry.RoutesOf(caller.TenantId);
        (route, set) = (null, null);
        return shown.Set is { } slug
            ? routes.Sets.TryGetValue(slug, out set) && Access.IsVisible(caller, set, asked)
            : routes.Servers.TryGetValue(shown.Server!, out route) && Access.IsVisible(caller, route, asked);
    }

    /// <summary>A refusal before the protocol has the request.</summary>
    internal static async Task Refuse(HttpContext http, McpError error)
    {
        using var message = new PooledBuffer();
        JsonRpcWriter.WriteError(message, default, error, ProtocolVersion.Find(http.Request.Headers[McpHeaders.ProtocolVersion])?.Era ?? ProtocolEra.Legacy);
        http.Response.StatusCode = error.HttpStatus;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = message.Written.Length;
        await http.Response.Body.WriteAsync(message.Written, http.RequestAborted);
    }
}

/// <summary>What an endpoint shows, by slugs of its path: one server, a tool set, or neither, which is all servers.</summary>
internal readonly record struct Shown(string? Server, string? Set)
{
    public static Shown By(HttpContext http) => new((string?)http.Request.RouteValues["server"], (string?)http.Request.RouteValues["set"]);
}
