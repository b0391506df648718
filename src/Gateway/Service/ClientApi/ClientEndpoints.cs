using System.Buffers;
using System.Text.Json;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>
/// MCP for programs that speak plain HTTP: a client is a session that the gateway keeps for them, with connections to servers as any other session has. Any gateway takes its requests; the one that
/// owns it answers.
/// </summary>
internal sealed class ClientEndpoints
{
    private const string Root = "/v1/mcp/clients";
    private const int MaxNameLength = 128;

    private static readonly Error NotFound = Error.NotFound("clients.not_found", "There is no such client: it was ended, was not used for too long, or is somebody else's. Open another one.");

    private readonly ClientDoor _door;
    private readonly ApiCalls _calls;
    private readonly PlainSessions _sessions;
    private readonly SessionParts _parts;
    private readonly McpEndpointOptions _options;
    private readonly CallSpool _spool;
    private readonly TimeProvider _time;

    public ClientEndpoints(ClientDoor door, ApiCalls calls, McpEndpoint protocol, SessionParts parts, McpEndpointOptions options, CallSpool spool, TimeProvider time) =>
        (_door, _calls, _sessions, _parts, _options, _spool, _time) = (door, calls, protocol.Plain(Root), parts, options, spool, time);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var clients = endpoints.ServiceProvider.GetRequiredService<ClientEndpoints>();
        Describe(endpoints.MapPost(Root, (Func<HttpContext, Task>)clients.Open), "Open", "Opens a client: a session with one server, or with all that this key may use. It ends when it is not used.")
            .WithMetadata(new Accepts<OpenClientBody>(isOptional: true), new Answers<ClientView>(StatusCodes.Status201Created));
        Describe(endpoints.MapGet(Root, (Func<HttpContext, Task>)clients.List), "List", "Lists this principal's clients that live at the gateway that answers.").WithMetadata(new Answers<ClientList>());
        Describe(endpoints.MapGet($"{Root}/{{id}}", (Func<HttpContext, Task>)clients.Get), "Get", "Shows a client.").WithMetadata(new Answers<ClientView>(), Gone);
        Describe(endpoints.MapDelete($"{Root}/{{id}}", (Func<HttpContext, Task>)clients.Delete), "Delete", "Ends a client, and what it has under way.").WithMetadata(new Answers<object>(StatusCodes.Status204NoContent), Gone);
        Describe(endpoints.MapPost($"{Root}/{{id}}/tools", (Func<HttpContext, Task>)clients.Tools), "Tools", "Lists the tools that this client may call, by the names that execute takes.")
            .WithMetadata(new Accepts<ListToolsBody>(isOptional: true), new Answers<ToolPage>(), Gone);
        Describe(endpoints.MapPost($"{Root}/{{id}}/execute", (Func<HttpContext, Task>)clients.Execute), "Execute", "Calls a tool. With Accept: text/event-stream progress comes as events, and the answer as the last one.")
            .WithMetadata(new Accepts<ExecuteToolBody>(), new Answers<ToolAnswer>(), Gone);
    }

    /// <summary>What another gateway passed on, for a client that lives here.</summary>
    public static void MapForwarded(IEndpointRouteBuilder endpoints)
    {
        var clients = endpoints.ServiceProvider.GetRequiredService<ClientEndpoints>();
        endpoints.MapGet($"{GatewayOwners.Prefix}{Root}/{{id}}", http => Take(http, clients.Get)).InternalOnly();
        endpoints.MapDelete($"{GatewayOwners.Prefix}{Root}/{{id}}", http => Take(http, clients.Delete)).InternalOnly();
        endpoints.MapPost($"{GatewayOwners.Prefix}{Root}/{{id}}/tools", http => Take(http, clients.Tools)).InternalOnly();
        endpoints.MapPost($"{GatewayOwners.Prefix}{Root}/{{id}}/execute", http => Take(http, clients.Execute)).InternalOnly();

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
        if (_door.Admit(http) is { } refusal)
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

        if (!TryServer(http, body.Server, out var server))
        {
            await http.WriteError(ApiRefusals.NoServer);
            return;
        }

        var request = ApiCalls.Of(http) with { Server = server };
        var session = _sessions.Open(http, body.Name, session => new GatewaySession(session, request, _parts) { Plain = new PlainClient(server?.Slug, body.Name) }, out var full);
        if (session is null)
        {
            await http.WriteError(ApiRefusals.Of(full!));
            return;
        }

        var view = View(session)!;
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.Location = $"{Root}/{view.Id}";
        await http.Response.WriteAsJsonAsync(view, Hosting.Json.Options, http.RequestAborted);
    }

    private async Task List(HttpContext http)
    {
        if (_door.Admit(http) is { } refusal)
        {
            await http.WriteError(refusal);
            return;
        }

        var mine = _sessions.Of(_options.Caller(http)).OrderBy(session => session.Info.CreatedAt).Select(View).OfType<ClientView>();
        await http.Response.WriteAsJsonAsync(new ClientList([.. mine], null, _spool.GatewayId), Hosting.Json.Options, http.RequestAborted);
    }

    private async Task Get(HttpContext http)
    {
        if (await Find(http) is { } client)
        {
            await http.Response.WriteAsJsonAsync(View(client.Session), Hosting.Json.Options, http.RequestAborted);
        }
    }

    private async Task Delete(HttpContext http)
    {
        if (await Find(http) is { } client)
        {
            _sessions.End(client.Session);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task Tools(HttpContext http)
    {
        if (await Find(http) is not { } client)
        {
            return;
        }

        var cursor = (await ClientDoor.ReadOptional<ListToolsBody>(http))?.Cursor;
        if (!TryServer(http, client.Plain!.Server, out var server))
        {
            await http.WriteError(ApiRefusals.NoServer);
            return;
        }

        var request = ApiCalls.Of(http);
        using var page = new PooledBuffer(16 * 1024);
        var asked = new Asked(request.StartedAt, http.Connection.RemoteIpAddress);
        if (!CatalogList.TryWrite(request.State, request.Caller, McpMethods.ListTools, server, ProtocolEra.Legacy, cursor, asked, page, client.Client.Abilities))
        {
            await http.WriteError(Error.Invalid("paging.cursor", "cursor is not one that this list returned. Leave it out to start from the first page."));
            return;
        }

        var next = JsonMembers.Find(page.Written, "nextCursor"u8);
        byte[] answer = [.. "{\"items\":"u8, .. JsonMembers.Find(page.Written, "tools"u8).Span, .. ",\"next_cursor\":"u8, .. next.IsEmpty ? "null"u8 : next.Span, .. "}"u8];
        await ApiResult.Send(http, null, answer);
    }

    private async Task Execute(HttpContext http)
    {
        if (await Find(http) is not { } client)
        {
            return;
        }

        var body = await ClientDoor.Read<ExecuteToolBody>(http);
        var stream = ClientDoor.WantsStream(http.Request);
        Error? wrong = ApiCalls.Check(body.Arguments, body.Context);
        var message = wrong is null ? ApiCalls.Message(body.Tool, ApiCalls.Raw(body.Arguments), ApiCalls.Raw(body.Context), stream, out wrong) : null;
        if (message is null)
        {
            await http.WriteError(wrong!);
            return;
        }

        if (!TimerHeader.TryRead(http.Request.Headers, out var timers, out var malformed))
        {
            await http.WriteError(Error.Invalid("request.timeouts", malformed!.Message));
            return;
        }

        using var running = _sessions.Begin(client.Session, out var ended);
        if (running is null)
        {
            await http.WriteError(Error.TooManyRequests("clients.busy", $"This client has {_options.Sessions.MaxRunning} calls under way, as many as it may. Wait for one to end."));
            return;
        }

        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, ended);
        await using var events = stream ? new ApiStream(http, _options.KeepAlive, _time) : null;
        events?.Watch();
        var call = _calls.Call(http, client.Plain!.Server, message, timers, events is null ? null : events.Notify, client);
        try
        {
            using var outcome = await _calls.Run(http, call, cancelled.Token);
            if (ApiCalls.ErrorOf(http, outcome) is { } error)
            {
                await (events?.Error(error) ?? new ValueTask(http.WriteError(error)));
                return;
            }

            await ApiResult.Send(http, events, Answer(http, call, outcome.Answer!.Payload));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            // The client was ended meanwhile; whoever waits for this call learns it.
            await (events?.Error(NotFound) ?? new ValueTask(http.WriteError(NotFound)));
        }
    }

    private static ReadOnlyMemory<byte> Answer(HttpContext http, ToolCall call, ReadOnlyMemory<byte> result)
    {
        var output = new ArrayBufferWriter<byte>(result.Length + 256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("server"u8, call.Route!.Slug);
            json.WriteString("tool"u8, call.Tool!.Name);
            ApiResult.Write(json, result);
            json.WriteString("request_id"u8, RequestIds.Of(http));
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    /// <summary>The client of a request, used by its owner at this gateway. Null: the request is answered, here or by the gateway that owns the client.</summary>
    private async ValueTask<GatewaySession?> Find(HttpContext http)
    {
        if (_door.Admit(http) is { } refusal)
        {
            await http.WriteError(refusal);
            return null;
        }

        var session = _sessions.Find(http, (string)http.Request.RouteValues["id"]!, out var foreign);
        if (session?.State is GatewaySession { Plain: not null } client)
        {
            client.Use(ApiCalls.Of(http));
            return client;
        }

        if (foreign is null || !await _sessions.Forward(http, foreign))
        {
            await http.WriteError(NotFound);
        }

        return null;
    }

    /// <summary>The server by its slug, if the caller may use it; none asked for is found as well.</summary>
    private static bool TryServer(HttpContext http, string? slug, out ServerRoute? server)
    {
        server = null;
        var request = ApiCalls.Of(http);
        return slug is null
            || (request.State.Registry.RoutesOf(request.Caller.TenantId).Servers.TryGetValue(slug, out server) && Access.IsVisible(request.Caller, server, new Asked(request.StartedAt, http.Connection.RemoteIpAddress)));
    }

    private ClientView? View(ClientSession session) => session.State is GatewaySession { Plain: { } plain }
        ? new ClientView(_sessions.IdOf(session), plain.Server, plain.Name, session.Info.CreatedAt, (long)_sessions.IdleLimit.TotalSeconds, session.HasWork)
        : null;
}
