using System.Globalization;
using System.Runtime.CompilerServices;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.Profiles;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Hosting.Draining;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>What stands behind the gateway's MCP endpoints: lists out of the state, calls through the call path.</summary>
internal sealed class GatewayServer(CallPath calls, SessionParts parts, ListenEndpoint listen, GatewayOwners owners, ResourceMetadata resources, Drain drain, ProfileSet profiles, Finder finder, TimeProvider time) : IMcpServer
{
    private readonly ServerDescriptions _descriptions = new();

    public ValueTask<McpServerDescription> Describe(McpRequestContext context, CancellationToken cancellationToken) => new(Of(context) is { Set: { } set } ? _descriptions.Of(set) : _descriptions.Of(Of(context).Server, context.Era));

    public ValueTask ListTools(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) => List(context, responder);

    public ValueTask CallTool(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) =>
        Of(context).Set is { Discloses: true } set && MetaTools.Answers(context.Message.Name) ? Disclose(context, set, responder, cancellationToken) : Relay(context, responder, cancellationToken);

    public ValueTask Other(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) => context.Message.Method switch
    {
        McpMethods.ListPrompts or McpMethods.ListResources or McpMethods.ListResourceTemplates => List(context, responder),
        McpMethods.GetPrompt or McpMethods.ReadResource or McpMethods.Complete => Relay(context, responder, cancellationToken),
        McpMethods.SetLogLevel => SetLogLevel(context, responder, cancellationToken),
        McpMethods.SubscribeResource or McpMethods.UnsubscribeResource => Subscribe(context, responder, cancellationToken),
        McpMethods.Listen => listen.Run(Of(context), context, ProfileOf(context) is not { ListChanged: false }, responder, cancellationToken),
        "tasks/get" or "tasks/update" or "tasks/cancel" or "tasks/result" or "tasks/list" when Of(context).Server is not null => Relay(context, responder, cancellationToken),
        _ => responder.MethodNotFound(),
    };

    public IAsyncDisposable Open(ClientSession session, HttpContext http) => new GatewaySession(session, Of(http), parts);

    public void Stays(HttpContext http) => http.Features.Set<GatewayRequest>(null);

    public async ValueTask Notified(McpRequestContext context, CancellationToken cancellationToken)
    {
        if (context.Live?.State is GatewaySession session && context.Message.Method is { } method && method == McpMethods.RootsChanged)
        {
            await parts.Pool.Notify(session.Session.Info.Id, method, context.Message.Params, cancellationToken);
        }
    }

    public ParamHeaders? HeadersOf(McpRequestContext context)
    {
        var (request, profile, name) = (Of(context), ProfileOf(context), context.Message.Name ?? "");
        var isMade = profile?.Makes(name) is true;
        if (request.Set is { } set)
        {
            return ((isMade ? null : set.ByName.GetValueOrDefault(name)) ?? profile?.Views.Of(set.Tools, ownNames: false).Find(name) as SetTool)?.Headers;
        }

        ToolRoute? tool = null;
        var routes = request.State.Registry.RoutesOf(request.Caller.TenantId);
        if (!isMade)
        {
            _ = request.Server is { } server ? server.ByName.TryGetValue(name, out tool) : routes.ByName.TryGetValue(name, out tool);
        }

        tool ??= profile?.Views.Of(request.Server?.Tools ?? routes.Tools, request.Server is not null).Find(name) as ToolRoute;
        return tool?.Headers;
    }

    /// <summary>What the client can take: as its request says, its key, or it itself, at the handshake or, where there is none, with each request. Null: everything.</summary>
    private ClientProfile? ProfileOf(McpRequestContext context)
    {
        var profile = Of(context).Profile ?? (context.Version.IsModern ? profiles.Of(context.Message.Meta.ClientInfo) : SessionOf(context)?.Profile);
        return profile is { IsPlain: false } ? profile : null;
    }

    /// <summary>Kept in the session: modern servers are told with every request. A legacy server at its own endpoint is told itself.</summary>
    private async ValueTask SetLogLevel(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        var level = context.Message.TextParam("level"u8);
        if (!LogLevels.Has(level))
        {
            await responder.Error(McpError.Params("'params.level' must be one of debug, info, notice, warning, error, critical, alert, emergency."));
            return;
        }

        if (SessionOf(context) is { } session)
        {
            session.Client.LogLevel = level;
            if (Of(context).Server is { Legacy: { } face } server && SessionClient.Owns(server) && face.Capabilities is { } declared && declared.TryGetProperty("logging", out _))
            {
                await Relay(context, responder, cancellationToken);
                return;
            }
        }

        await responder.Result("{}"u8.ToArray());
    }

    /// <summary>
    /// A legacy server that knows this session is asked itself, and says on the session's own stream what changes. For others the gateway watches: after the same question to the policy.
    /// </summary>
    private async ValueTask Subscribe(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        var (request, session) = (Of(context), SessionOf(context));
        if (session is null)
        {
            await responder.Error(McpError.Params("Subscriptions need a session. Send 'initialize' first."));
            return;
        }

        if (request.Server is { } own && SessionClient.Owns(own))
        {
            session.Client.Follow(own);
            await Relay(context, responder, cancellationToken);
            if (responder.HasResult && context.Message.TextParam("uri"u8) is { } uri)
            {
                session.Client.Subscribed(own, uri, wants: context.Message.Method == McpMethods.SubscribeResource);
            }

            return;
        }

        var call = Call(context, responder, RequestTimers.None);
        if (Access.Decide(call) is { } refusal)
        {
            await responder.Error(refusal.Error);
            return;
        }

        if (context.Message.Method == McpMethods.UnsubscribeResource)
        {
            session.Unsubscribe(call.Target!);
        }
        else if (!session.Subscribe(call.Route!, call.Target!))
        {
            await responder.Error(McpError.Params($"A session can subscribe to {parts.MaxWatched} resources. Unsubscribe from others first."));
            return;
        }

        await responder.Result("{}"u8.ToArray());
    }

    /// <summary>The session of a request, which hears from now on what changes.</summary>
    private static GatewaySession? SessionOf(McpRequestContext context)
    {
        var session = context.Live?.State as GatewaySession;
        session?.Attach(Of(context));
        return session;
    }

    private async ValueTask List(McpRequestContext context, McpResponder responder)
    {
        var (request, method) = (Of(context), context.Message.Method!);
        var abilities = context.Version.IsModern ? ClientAbilities.OfModern : SessionOf(context)?.Client.Abilities ?? ClientAbilities.None;
        var cursor = context.Message.Param("cursor"u8);
        var after = cursor.IsEmpty ? null : JsonMembers.Text(cursor) ?? "";
        var asked = new Asked(request.StartedAt, context.Http.Connection.RemoteIpAddress);
        var disclosed = request.Set is { Discloses: true } set && method == McpMethods.ListTools ? MetaTools.For(set, request.Caller, context.Era, abilities, asked) : default;
        using var page = new PooledBuffer(16 * 1024);
        if (CatalogList.TryWrite(request.State, request.Caller, method, request.Server, context.Era, after, asked, page, abilities, request.Set, disclosed.IsOn, ProfileOf(context)))
        {
            if (method == McpMethods.ListTools)
            {
                GatewayMetrics.ContextRead(request.Server, request.Set, "list", page.Written.Length, after is null ? disclosed.Saved : 0);
            }

            await responder.Result(page.Written);
        }
        else
        {
            await responder.Error(McpError.Params("'params.cursor' is none of this list's. Leave it out to start from the first page."));
        }

        GatewayMetrics.Answered(method, time.GetElapsedTime(request.StartedTimestamp));
    }

    /// <summary>Finds or describes tools of a set, which are not listed: as lists, out of the state, and only what the caller sees.</summary>
    private async ValueTask Disclose(McpRequestContext context, ToolSetRoute set, McpResponder responder, CancellationToken cancellationToken)
    {
        var request = Of(context);
        var abilities = context.Version.IsModern ? ClientAbilities.OfModern : SessionOf(context)?.Client.Abilities ?? ClientAbilities.None;
        var asked = new Asked(request.StartedAt, context.Http.Connection.RemoteIpAddress);
        var answer = await finder.Answer(request.State, set, request.Caller, context.Message, tool => CatalogList.Shows(tool, request.Caller, context.Era, abilities, asked), cancellationToken);
        GatewayMetrics.ContextRead(null, set, context.Message.Name == MetaTools.Search ? "search" : "describe", answer.Length, saved: 0);
        await responder.Result(answer);
        var now = time.GetTimestamp();
        request.Answered(now);
        GatewayMetrics.Answered(context.Message.Method!, time.GetElapsedTime(request.StartedTimestamp));
    }

    /// <summary>Passes a request on to the server it is for.</summary>
    private async ValueTask Relay(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        if (!TimerHeader.TryRead(context.Http.Request.Headers, out var timers, out var malformed))
        {
            await responder.Error(malformed!);
            return;
        }

        var call = Call(context, responder, timers);
        call.Times = Of(context).Begin(time.GetTimestamp());
        var isPassedOn = false;
        try
        {
            using var outcome = await calls.Run(call, cancellationToken);
            call.Times.Enter(CallStage.Write, time.GetTimestamp());
            if (outcome.Refusal is { ForwardTo: { } owner } && CanPassOn(context) && await owners.Forward(context.Http, owner, context.Message.Bytes))
            {
                responder.Leave();
                isPassedOn = true;
                return;
            }

            if (outcome.Refusal?.MissingScope is { } scope && !context.Http.Response.HasStarted)
            {
                context.Http.Response.Headers.WWWAuthenticate = resources.InsufficientScope(context.Http.Request, scope);
            }

            if (call.Tightest is { } tightest && tightest.Left < Of(context).KeyLeft)
            {
                LimitHeaders.Set(context.Http, tightest);
            }

            if (call.Cache is { } cache)
            {
                CacheHeaders.Set(context.Http, cache);
            }

            await Answer(context.Http, responder, call, outcome);
        }
        finally
        {
            var now = time.GetTimestamp();
            Of(context).Answered(now);
            if (!isPassedOn)
            {
                // What another gateway answered is measured there.
                GatewayMetrics.CallEnded(call, now);
            }
        }
    }

    /// <summary>Once, and where the answer is this request's alone: on a WebSocket it is one message among others, and its client starts the call anew.</summary>
    private bool CanPassOn(McpRequestContext context) => !owners.WasForwarded(context.Http) && context.Http.Request.Headers.Upgrade.Count == 0;

    private ToolCall Call(McpRequestContext context, McpResponder responder, RequestTimers timers)
    {
        var request = Of(context);
        var (canAsk, client, profile) = (responder.CanAsk, SessionOf(context)?.Client, ProfileOf(context));
        return new ToolCall
        {
            State = request.State,
            Caller = request.Caller,
            Credential = request.Credential,
            Server = request.Server?.Slug,
            Set = request.Set,
            Message = context.Message,
            ProtocolVersion = context.Version,
            RequestId = request.RequestId,
            Address = context.Http.Connection.RemoteIpAddress,
            StartedAt = request.StartedAt,
            StartedTimestamp = request.StartedTimestamp,
            Timers = profile?.Within(timers) ?? timers,
            Profile = profile,
            // A session's calls go on without the connection that brought them: only the end of the gateway ends them for its own sake.
            Gone = context.Live is null ? Drain.CallerOf(context.Http) : CancellationToken.None,
            GoneOrStopped = context.Live is null ? context.Http.RequestAborted : drain.Over,
            Session = context.Session?.Id,
            SessionEnded = context.Live?.Ended ?? CancellationToken.None,
            Client = client,
            LogLevel = context.Version.IsModern ? WantedLogs.LevelOf(context.Message) : client?.LogLevel,
            OnNotification = WantsNotifications(context) ? WantedLogs.Of(context, client, responder.Notify) : null,
            OnQuestion = canAsk
                ? (question, token) => client?.RefusalOf(question.Method) is { } refused ? new(refused) : responder.Ask(question.Method!, question.Params, token)
                : null,
            Ask = canAsk ? responder.Ask : null,
            OnDetached = canAsk ? responder.Detach : null,
        };
    }

    /// <summary>Progress and logs of a modern request come only when it asks for them; a legacy session may get logs with any request.</summary>
    private static bool WantsNotifications(McpRequestContext context) =>
        !context.Message.Meta.ProgressToken.IsNone || context.Live is not null
        || (context.Version.IsModern && WantedLogs.LevelOf(context.Message) is not null);

    private static GatewayRequest Of(McpRequestContext context) => Of(context.Http);

    private static GatewayRequest Of(HttpContext http) => http.Features.Get<GatewayRequest>() ?? throw new InvalidOperationException("An MCP request got here without its caller.");

    private static ValueTask Answer(HttpContext http, McpResponder responder, ToolCall call, in CallOutcome outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            Drain.Ended(http);
            SetRetryAfter(http, refusal.RetryAfter);
            return responder.Error(refusal.Error);
        }

        return outcome.Answer! switch
        {
            { IsError: true } error => responder.UpstreamError(EraErrors.For(call, error)),
            var answer => responder.Result(answer.Payload),
        };
    }

    internal static void SetRetryAfter(HttpContext http, TimeSpan? retryAfter)
    {
        if (retryAfter is { } wait && !http.Response.HasStarted)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }
}
