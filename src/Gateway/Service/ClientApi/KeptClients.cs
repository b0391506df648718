using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>The clients of plain HTTP: sessions of their own address, found by their owners at any gateway.</summary>
internal sealed class KeptClients(ClientDoor door, McpEndpoint protocol)
{
    /// <summary>Their address; ids are worth nothing elsewhere.</summary>
    public const string Root = "/v1/mcp/clients";

    public static Error NotFound { get; } = Error.NotFound("clients.not_found", "There is no such client: it was ended, was not used for too long, or is somebody else's. Open another one.");

    public PlainSessions Sessions { get; } = protocol.Plain(Root);

    /// <summary>The client of a request, used by its owner at this gateway. Null: the request is answered, here or by the gateway that owns the client.</summary>
    public async ValueTask<GatewaySession?> Find(HttpContext http)
    {
        if (door.Admit(http) is { } refusal)
        {
            await http.WriteError(refusal);
            return null;
        }

        var session = Sessions.Find(http, (string)http.Request.RouteValues["id"]!, out var foreign);
        if (session?.State is GatewaySession { Plain: not null } client)
        {
            client.Use(ApiCalls.Of(http));
            return client;
        }

        if (foreign is null || !await Sessions.Forward(http, foreign))
        {
            await http.WriteError(NotFound);
        }

        return null;
    }

    /// <summary>The server or the tool set by its slug, if the caller may use it; neither asked for is found as well, and is all servers.</summary>
    public static bool TryView(HttpContext http, string? serverSlug, string? setSlug, out ServerRoute? server, out ToolSetRoute? set)
    {
        (server, set) = (null, null);
        var request = ApiCalls.Of(http);
        var routes = request.State.Registry.RoutesOf(request.Caller.TenantId);
        var asked = new Asked(request.StartedAt, http.Connection.RemoteIpAddress);
        return setSlug is not null ? routes.Sets.TryGetValue(setSlug, out set) && Access.IsVisible(request.Caller, set, asked)
            : serverSlug is null || (routes.Servers.TryGetValue(serverSlug, out server) && Access.IsVisible(request.Caller, server, asked));
    }

    public ClientView? View(ClientSession session) => session.State is GatewaySession { Plain: { } plain }
        ? new ClientView(Sessions.IdOf(session), plain.Server, plain.Name, session.Info.CreatedAt, (long)Sessions.IdleLimit.TotalSeconds, session.HasWork, plain.Set)
        : null;
}
