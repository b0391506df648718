using McpPlatform.Gateway.Endpoints;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.Spool;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>
/// MCP for programs that speak plain HTTP: a client is a session that the gateway keeps for them, with connections to servers as any other session has. Any gateway takes its requests; the one that
/// owns it answers.
/// </summary>
internal sealed class ClientEndpoints(ClientDoor door, KeptClients clients, ClientTools tools, SessionParts parts, McpEndpointOptions options, CallSpool spool)
{
    private const int MaxNameLength = 128;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var own = endpoints.ServiceProvider.GetRequiredService<ClientEndpoints>();
        endpoints.ServiceProvider.GetRequiredService<ClientDoor>().MapPreflight(
            endpoints, KeptClients.Root, $"{KeptClients.Root}/{{id}}", $"{KeptClients.Root}/{{id}}/tools", $"{KeptClients.Root}/{{id}}/execute");
        Describe(endpoints.MapPost(KeptClients.Root, (Func<HttpContext, Task>)own.Open), "Open", "Opens a client: a session with one server, a tool set, or all that this key may use. It ends when it is not used.")
            .WithMetadata(new Accepts<OpenClientBody>(isOptional: true), new Answers<ClientView>(StatusCodes.Status201Created));
        Describe(endpoints.MapGet(KeptClients.Root, (Func<HttpContext, Task>)own.List), "List", "Lists this principal's clients that live at the gateway that answers.").WithMetadata(new Answers<ClientList>());
        Describe(endpoints.MapGet($"{KeptClients.Root}/{{id}}", (Func<HttpContext, Task>)own.Get), "Get", "Shows a client.").WithMetadata(new Answers<ClientView>(), Gone);
        Describe(endpoints.MapDelete($"{KeptClients.Root}/{{id}}", (Func<HttpContext, Task>)own.Delete), "Delete", "Ends a client, and what it has under way.").WithMetadata(new Answers<object>(StatusCodes.Status204NoContent), Gone);
        Describe(endpoints.MapPost($"{KeptClients.Root}/{{id}}/tools", (Func<HttpContext, Task>)own.Tools), "Tools", "Lists the tools that this client may call, by the names that execute takes.")
            .WithMetadata(new Accepts<ListToolsBody>(isOptional: true), new Answers<ToolPage>(), Gone);
        Describe(endpoints.MapPost($"{KeptClients.Root}/{{id}}/execute", (Func<HttpContext, Task>)own.Execute), "Execute", "Calls a tool. With Accept: text/event-stream progress comes as events, and the answer as the last one.")
            .WithMetadata(new Accepts<ExecuteToolBody>(), new Answers<ToolAnswer>(), Gone);
    }

    /// <summary>What another gateway passed on, for a client that lives here.</summary>
    public static void MapForwarded(IEndpointRouteBuilder endpoints)
    {
        var own = endpoints.ServiceProvider.GetRequiredService<ClientEndpoints>();
        endpoints.MapGet($"{GatewayOwners.Prefix}{KeptClients.Root}/{{id}}", http => Take(http, own.Get)).InternalOnly();
        endpoints.MapDelete($"{GatewayOwners.Prefix}{KeptClients.Root}/{{id}}", http => Take(http, own.Delete)).InternalOnly();
        endpoints.MapPost($"{GatewayOwners.Prefix}{KeptClients.Root}/{{id}}/tools", http => Take(http, own.Tools)).InternalOnly();
        endpoints.MapPost($"{GatewayOwners.Prefix}{KeptClients.Root}/{{id}}/execute", http => Take(http, own.Execute)).InternalOnly();

        static Task Take(HttpContext http, RequestDelegate serve)
        {
            McpEndpoints.Unwrap(http);
            return serve(http);
        }
    }

    private static Answers<ErrorBody> Gone => new(StatusCodes.Status404NotFound);

    private static IEndpointConventionBuilder Describe(IEndpointConventionBuilder endpoint, string name, string summary) =>
        endpoint.AuthenticatesItself().WithTags("Clients").WithName($"Client_{name}").WithSummary(summary);

    private async Task Open(HttpContext http)
    {
        if (door.Admit(http) is { } refusal)
        {
            await http.WriteError(refusal);
            return;
        }

        var body = await ClientDoor.ReadOptional<OpenClientBody>(http) ?? new OpenClientBody();
        if (body.Name is { } name && (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl)))
        {
            await http.WriteError(Error.Invalid("request.invalid", "The request breaks a rule; see details for each field.", [new ErrorDetail("name", $"must be 1 to {MaxNameLength} characters without control characters")]));
            return;
        }

        if (body is { Server: not null, Set: not null })
        {
            await http.WriteError(Error.Invalid("request.invalid", "The request breaks a rule; see details for each field.", [new ErrorDetail("set", "and server exclude each other")]));
            return;
        }

        if (!KeptClients.TryView(http, body.Server, body.Set, out var server, out var set))
        {
            await http.WriteError(body.Set is null ? ApiRefusals.NoServer : ApiRefusals.NoSet);
            return;
        }

        var request = ApiCalls.Of(http) with { Server = server, Set = set };
        var session = clients.Sessions.Open(http, body.Name, session => new GatewaySession(session, request, parts) { Plain = new PlainClient(server?.Slug, set?.Slug, body.Name) }, out var full);
        if (session is null)
        {
            await http.WriteError(ApiRefusals.Of(full!));
            return;
        }

        var view = clients.View(session)!;
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.Location = $"{KeptClients.Root}/{view.Id}";
        await http.Response.WriteAsJsonAsync(view, Hosting.Json.Options, http.RequestAborted);
    }

    private async Task List(HttpContext http)
    {
        if (door.Admit(http) is { } refusal)
        {
            await http.WriteError(refusal);
            return;
        }

        var mine = clients.Sessions.Of(options.Caller(http)).OrderBy(session => session.Info.CreatedAt).Select(clients.View).OfType<ClientView>();
        await http.Response.WriteAsJsonAsync(new ClientList([.. mine], null, spool.GatewayId), Hosting.Json.Options, http.RequestAborted);
    }

    private async Task Get(HttpContext http)
    {
        if (await clients.Find(http) is { } client)
        {
            await http.Response.WriteAsJsonAsync(clients.View(client.Session), Hosting.Json.Options, http.RequestAborted);
        }
    }

    private async Task Delete(HttpContext http)
    {
        if (await clients.Find(http) is { } client)
        {
            clients.Sessions.End(client.Session);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private Task Tools(HttpContext http) => tools.List(http);

    private Task Execute(HttpContext http) => tools.Execute(http);
}
