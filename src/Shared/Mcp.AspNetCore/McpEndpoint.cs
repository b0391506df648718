using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// Streamable HTTP for both eras on one address: MCP 2026-07-28 (stateless) and the revisions with sessions from 2025-03-26 on. One instance serves any number
/// of endpoints; which <see cref="IMcpServer"/> stands behind one is told per request.
/// </summary>
public sealed partial class McpEndpoint
{
    // An announced length is only a claim: memory follows the bytes that really come.
    private const int FirstBuffer = 64 * 1024;

    private readonly McpEndpointOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<McpEndpoint> _logger;
    private readonly LegacyExchange _legacy;

    /// <summary>An endpoint whose sessions are named by <paramref name="sessions"/>.</summary>
    public McpEndpoint(ISessionIds sessions, McpEndpointOptions options, TimeProvider time, ILogger<McpEndpoint> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _legacy = new(sessions, options, time, Serve);
    }

    /// <summary>Serves one HTTP request, whatever its method. Authentication comes before; the path is the endpoint's identity.</summary>
    public async Task Handle(HttpContext http, IMcpServer server)
    {
        var era = ProtocolVersion.Find(http.Request.Headers[McpHeaders.ProtocolVersion])?.Era ?? ProtocolEra.Legacy;
        await using var sink = new HttpSink(http, _options, _time);
        if (HttpGate.Source(http, _options) is { } foreign)
        {
            await Refuse(sink, foreign, era);
        }
        else if (HttpMethods.IsPost(http.Request.Method))
        {
            await Post(http, server, sink, era);
        }
        else if (HttpMethods.IsDelete(http.Request.Method) && era == ProtocolEra.Legacy)
        {
            await _legacy.EndSession(http, sink);
        }
        else
        {
            // No standalone event stream yet: 405 to GET is how a server says so in every revision.
            http.Response.Headers.Allow = era == ProtocolEra.Modern ? "POST" : "POST, DELETE";
            await Refuse(sink, new(ErrorCodes.InvalidRequest, "Method not allowed.", StatusCodes.Status405MethodNotAllowed), era);
        }
    }

    /// <summary>
    /// HTTP+SSE of 2024-11-05 on one address: GET opens the event stream, whose first event names the address for messages (the same path with
    /// <c>sessionId</c> in the query); POST takes a message (202) whose answer goes down that stream.
    /// </summary>
    public async Task HandleSse(HttpContext http, IMcpServer server)
    {
        await using var sink = new HttpSink(http, _options, _time);
        await Refuse(sink, new(ErrorCodes.InvalidRequest, "Method not allowed.", StatusCodes.Status405MethodNotAllowed), ProtocolEra.Legacy);
    }

    /// <summary>
    /// One JSON-RPC message per text frame, subprotocol <c>mcp</c>: a legacy session that ends with the connection, or modern requests by their <c>_meta</c>.
    /// Anything but a WebSocket handshake is answered with 400.
    /// </summary>
    public async Task HandleWebSocket(HttpContext http, IMcpServer server)
    {
        await using var sink = new HttpSink(http, _options, _time);
        await Refuse(sink, McpError.Shape("A WebSocket handshake is expected."), ProtocolEra.Legacy);
    }

    private static ValueTask Refuse(IAnswerSink sink, McpError error, ProtocolEra era, RequestId id = default) => new McpResponder(sink, id, era).Error(error);

    private async Task Post(HttpContext http, IMcpServer server, HttpSink sink, ProtocolEra era)
    {
        if (HttpGate.Post(http.Request, _options) is { } refusal)
        {
            await Refuse(sink, refusal, era);
            return;
        }

        using var body = new PooledBuffer((int)Math.Min(http.Request.ContentLength ?? 0, FirstBuffer) + 1);
        if (!await Read(http, body))
        {
            await Refuse(sink, HttpGate.TooLarge(_options), era);
            return;
        }

        if (era == ProtocolEra.Legacy && EnvelopeParser.IsBatch(body.Written.Span))
        {
            await _legacy.Batch(http, server, sink, body.Written);
            return;
        }

        var parsed = EnvelopeParser.Parse(body.Written);
        if (parsed.Envelope is not { } message)
        {
            await Refuse(sink, parsed.Error!, era, parsed.Id);
        }
        else if (IsModern(http, message))
        {
            await PostModern(http, server, sink, message);
        }
        else
        {
            await _legacy.Single(http, server, sink, message);
        }
    }

    /// <summary>A header nobody knows is judged by the modern rules: only they have an answer (-32022) that tells the client what is spoken here.</summary>
    private static bool IsModern(HttpContext http, Envelope message)
    {
        var header = http.Request.Headers[McpHeaders.ProtocolVersion];
        return message.Meta.ProtocolVersion is not null || (header.Count > 0 && ProtocolVersion.Find(header) is not { IsModern: false });
    }

    private async Task PostModern(HttpContext http, IMcpServer server, HttpSink sink, Envelope message)
    {
        if (ModernRules.Check(http.Request.Headers, message) is { } error)
        {
            await Refuse(sink, error, ProtocolEra.Modern, message.Id);
            return;
        }

        var context = new McpRequestContext(http, message, ProtocolVersion.July2026, _options.Caller(http), null);
        if (message.Kind == MessageKind.Notification)
        {
            await Notified(server, context, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        if (message.Method == McpMethods.CallTool && server.HeadersOf(context) is { } mirrored && ModernRules.Check(http.Request.Headers, mirrored, message) is { } wrong)
        {
            await Refuse(sink, wrong, ProtocolEra.Modern, message.Id);
            return;
        }

        await Serve(server, context, sink, http.RequestAborted);
    }

    /// <summary>Lets the server answer one request. Whatever it does, there is exactly one answer, unless the caller cancelled.</summary>
    private async Task Serve(IMcpServer server, McpRequestContext context, IAnswerSink sink, CancellationToken cancelled)
    {
        var responder = new McpResponder(sink, context.Message.Id, context.Era);
        try
        {
            await Dispatch(server, context, responder, cancelled);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            ServerFailed(_logger, failure, context.Message.Method);
        }

        if (!responder.IsAnswered && !cancelled.IsCancellationRequested)
        {
            await responder.Error(new(ErrorCodes.InternalError, "Internal error.", StatusCodes.Status500InternalServerError));
        }
    }

    /// <summary>Tells the server. What goes wrong there is not the client's business: a notification has no answer.</summary>
    private async ValueTask Notified(IMcpServer server, McpRequestContext context, CancellationToken cancelled)
    {
        if (context.Message.Method is McpMethods.Initialized or McpMethods.Cancelled)
        {
            return;
        }

        try
        {
            await server.Notified(context, cancelled);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            // The client did not wait.
        }
        catch (Exception failure)
        {
            ServerFailed(_logger, failure, context.Message.Method);
        }
    }

    private static async ValueTask Dispatch(IMcpServer server, McpRequestContext context, McpResponder responder, CancellationToken cancelled)
    {
        var (message, modern) = (context.Message, context.Version.IsModern);
        var description = modern ? await server.Describe(context, cancelled) : null;
        switch (message.Method)
        {
            case McpMethods.Discover when modern:
                responder.Complete(description!.ListEdits);
                await responder.Result(Descriptions.Discover(description));
                break;
            case McpMethods.Initialize when !modern:
                await responder.Result(Descriptions.Initialize(await server.Describe(context, cancelled), context.Version));
                break;
            case McpMethods.Ping when !modern:
                await responder.Result("{}"u8.ToArray());
                break;
            case McpMethods.ListTools:
                responder.Complete(description?.ListEdits ?? ResultEdits.Legacy);
                await server.ListTools(context, responder, cancelled);
                break;
            case McpMethods.CallTool when message.Name is null:
                await responder.Error(McpError.Params("'params.name' must be a string."));
                break;
            case McpMethods.CallTool when !message.Arguments.IsEmpty && !JsonMembers.IsObject(message.Arguments.Span):
                await responder.Error(McpError.Params("'params.arguments' must be an object."));
                break;
            case McpMethods.CallTool:
                responder.Complete(description?.CallEdits ?? ResultEdits.Legacy);
                await server.CallTool(context, responder, cancelled);
                break;
            case var method when McpMethods.IsGone(method, context.Era):
                await responder.MethodNotFound();
                break;
            default:
                responder.Complete(description is null ? ResultEdits.Legacy : McpMethods.IsCacheable(message.Method) ? description.ListEdits : description.CallEdits);
                await server.Other(context, responder, cancelled);
                break;
        }
    }

    /// <summary>
    /// False when the body is larger than allowed. What is left of it is drained by the server after the answer, so that the client reads the answer.
    /// </summary>
    private async ValueTask<bool> Read(HttpContext http, PooledBuffer body)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        int read;
        while ((read = await http.Request.Body.ReadAsync(body.GetMemory(), http.RequestAborted)) > 0)
        {
            body.Advance(read);
            if (body.Written.Length > _options.MaxBodyBytes)
            {
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An MCP request failed: {Method}.")]
    private static partial void ServerFailed(ILogger logger, Exception failure, string? method);
}
