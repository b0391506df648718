using System.ComponentModel.DataAnnotations;
using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// Streamable HTTP for both eras on one address: MCP 2026-07-28 (stateless) and the revisions with sessions from 2025-03-26 on; besides, HTTP+SSE and
/// WebSocket on addresses of their own. One instance serves any number of endpoints; which <see cref="IMcpServer"/> stands behind one is told per request.
/// </summary>
public sealed class McpEndpoint : IDisposable
{
    private readonly McpEndpointOptions _options;
    private readonly TimeProvider _time;
    private readonly LiveSessions _live;
    private readonly RequestDispatcher _dispatcher;
    private readonly LegacyExchange _legacy;
    private readonly Arrivals _arrivals;
    private readonly SseTransport _sse;
    private readonly SocketTransport _sockets;
    private readonly (ISessionIds Ids, ISessionOwners Owners) _sessions;

    /// <summary>
    /// An endpoint whose sessions are named by <paramref name="ids"/> and live on the processes of <paramref name="owners"/>. They end when the host stops.
    /// Throws <see cref="ValidationException"/> for bounds out of range.
    /// </summary>
    public McpEndpoint(
        ISessionIds ids, ISessionOwners owners, McpEndpointOptions options, TimeProvider time, ILoggerFactory loggers, IHostApplicationLifetime? lifetime = null)
    {
        Validator.ValidateObject(options.Sessions, new ValidationContext(options.Sessions), validateAllProperties: true);
        _options = options;
        _time = time;
        _sessions = (ids, owners);
        _live = new(options.Sessions, time, loggers.CreateLogger<LiveSessions>(), lifetime);
        _dispatcher = new(loggers.CreateLogger<McpEndpoint>());
        var door = new SessionDoor(ids, owners, _live, time);
        var messages = new MessageExchange(_dispatcher, door, options);
        _legacy = new(door, _dispatcher, options, time);
        _arrivals = new(options);
        _sse = new(door, messages, _dispatcher, _arrivals, options, time);
        _sockets = new(door, messages, _dispatcher, _arrivals, options, time);
    }

    /// <summary>How many legacy sessions live on this process.</summary>
    public int SessionCount => _live.Count;

    /// <summary>How many ended to make room for others, since the start.</summary>
    public long SessionsDisplaced => _live.Displaced;

    /// <summary>How many were refused for want of a place, since the start.</summary>
    public long SessionsRefused => _live.Refused;

    /// <summary>How many bytes of memory messages hold that have not come whole, those that fit into a first buffer apart.</summary>
    public long ArrivingBytes => _arrivals.Held;

    /// <summary>How many bytes they keep for clients that lost their connection.</summary>
    public long KeptBytes => _live.KeptBytes;

    /// <summary>
    /// Why a request may not come from where it does, by its Origin and its Host; null: it may. Every request is asked; this is for what the host answers itself.
    /// </summary>
    public McpError? Foreign(HttpContext http) => HttpGate.Source(http, _options);

    /// <summary>
    /// Lets pages of allowed origins see answers. True: it was a browser's question whether a page may ask (preflight), which carries no credential, and is answered;
    /// of other origins it is left to be refused like everything.
    /// </summary>
    public bool AnswersPage(HttpContext http) => http.Request.Headers.Origin.Count > 0 && Foreign(http) is null && CrossOrigin.Answer(http);

    /// <summary>Serves one HTTP request, whatever its method. Authentication comes before; the path is the endpoint's identity.</summary>
    public async Task Handle(HttpContext http, IMcpServer server)
    {
        var era = ProtocolVersion.Find(http.Request.Headers[McpHeaders.ProtocolVersion])?.Era ?? ProtocolEra.Legacy;
        await using var sink = new HttpSink(http, _options, _time);
        if (HttpGate.Source(http, _options) is { } foreign)
        {
            await Refuse(sink, foreign, era);
        }
        else if (era == ProtocolEra.Modern)
        {
            if (HttpMethods.IsPost(http.Request.Method))
            {
                await Post(http, server, sink, null);
            }
            else
            {
                await RefuseMethod(http, sink, era);
            }
        }
        else if (await _legacy.Receive(http, server, sink) is { } request)
        {
            await (http.Request.Method switch
            {
                var method when HttpMethods.IsPost(method) => Post(http, server, sink, request),
                var method when HttpMethods.IsGet(method) => _legacy.Listen(request),
                var method when HttpMethods.IsDelete(method) => _legacy.EndSession(request),
                _ => RefuseMethod(http, sink, era),
            });
        }
    }

    /// <summary>
    /// HTTP+SSE of 2024-11-05 on one address: GET opens the event stream, whose first event names the address for messages (the same path with
    /// <c>sessionId</c> in the query); POST takes a message (202) whose answer goes down that stream. The session ends with the stream.
    /// </summary>
    public Task HandleSse(HttpContext http, IMcpServer server) => _sse.Handle(http, server);

    /// <summary>
    /// One JSON-RPC message per text frame, subprotocol <c>mcp</c>: a legacy session that ends with the connection, or modern requests by their <c>_meta</c>.
    /// Anything but a WebSocket handshake is answered with 400; the host has <c>UseWebSockets</c>. <paramref name="admit"/> sees every message before it is
    /// served, and no further one is read meanwhile.
    /// </summary>
    public Task HandleWebSocket(HttpContext http, IMcpServer server, MessageAdmission? admit = null) => _sockets.Handle(http, server, admit);

    /// <summary>
    /// Ends the live sessions that <paramref name="which"/> picks, with everything they have open: for callers that lost their right to be here. Tells how many.
    /// </summary>
    public int EndSessions(Func<ClientSession, bool> which) => _live.EndAll(which);

    /// <summary>Sessions for clients that speak no MCP, at an address of the host's own.</summary>
    /// <param name="endpoint">Names the address: ids of one are worth nothing at another.</param>
    public PlainSessions Plain(string endpoint) => new(_sessions.Ids, _sessions.Owners, _live, _options, _time, endpoint);

    /// <summary>Cancels the requests that run in live sessions, which stay: the server may still say why.</summary>
    public void CancelRequests() => _live.CancelRequests();

    /// <inheritdoc/>
    public void Dispose() => _live.Dispose();

    private static ValueTask Refuse(IAnswerSink sink, McpError error, ProtocolEra era, RequestId id = default) => new McpResponder(sink, id, era).Error(error);

    private static async Task RefuseMethod(HttpContext http, HttpSink sink, ProtocolEra era)
    {
        http.Response.Headers.Allow = era == ProtocolEra.Modern ? "POST" : "GET, POST, DELETE";
        await Refuse(sink, new(ErrorCodes.InvalidRequest, "Method not allowed.", StatusCodes.Status405MethodNotAllowed), era);
    }

    /// <summary>Without <paramref name="legacy"/> the header said that the request is modern; with it the body may still say so.</summary>
    private async Task Post(HttpContext http, IMcpServer server, HttpSink sink, LegacyRequest? legacy)
    {
        var era = legacy is null ? ProtocolEra.Modern : ProtocolEra.Legacy;
        if (HttpGate.Post(http.Request, _options) is { } refusal)
        {
            await Refuse(sink, refusal, era);
            return;
        }

        var body = new PooledBuffer(RequestBody.FirstSize(http));
        Task? rest = null;
        try
        {
            if (await RequestBody.Read(http, body, _arrivals) is { } unread)
            {
                await Refuse(sink, unread, era);
            }
            else if (legacy is not null && EnvelopeParser.IsBatch(body.Written.Span))
            {
                await _legacy.Batch(legacy, body.Written);
            }
            else if (EnvelopeParser.Parse(body.Written) is var parsed && parsed.Envelope is not { } message)
            {
                await Refuse(sink, parsed.Error!, era, parsed.Id);
            }
            else if (legacy is not null && !IsModern(http, message))
            {
                rest = await _legacy.Single(legacy, message);
            }
            else
            {
                await PostModern(http, server, sink, message);
            }
        }
        finally
        {
            if (rest is null)
            {
                body.Dispose();
            }
        }

        // The rest of a request that goes on without its response takes the message along.
        _ = rest?.ContinueWith(static (_, held) => ((PooledBuffer)held!).Dispose(), body, TaskScheduler.Default);
    }

    /// <summary>A header nobody knows is judged by the modern rules: only they have an answer (-32022) that tells the client what is spoken here.</summary>
    private static bool IsModern(HttpContext http, Envelope message)
    {
        var header = http.Request.Headers[McpHeaders.ProtocolVersion];
        return message.Meta.ProtocolVersion is not null || (header.Count > 0 && ProtocolVersion.Find(header) is not { IsModern: false });
    }

    private Task PostModern(HttpContext http, IMcpServer server, HttpSink sink, Envelope message)
    {
        if (ModernRules.Check(http.Request.Headers, message) is { } error)
        {
            return Refuse(sink, error, ProtocolEra.Modern, message.Id).AsTask();
        }

        var context = new McpRequestContext(http, message, ProtocolVersion.July2026, _options.Caller(http), null);
        if (message.Kind == MessageKind.Notification)
        {
            return Notified(server, context);
        }

        return message.Method == McpMethods.CallTool && server.HeadersOf(context) is { } mirrored && ModernRules.Check(http.Request.Headers, mirrored, message) is { } wrong
            ? Refuse(sink, wrong, ProtocolEra.Modern, message.Id).AsTask()
            : _dispatcher.Serve(server, context, sink, http.RequestAborted);
    }

    private async Task Notified(IMcpServer server, McpRequestContext context)
    {
        await _dispatcher.Notified(server, context, context.Http.RequestAborted);
        context.Http.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}
