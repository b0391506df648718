using System.Text;
using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.AspNetCore.Streams;
using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// HTTP+SSE of 2024-11-05: a GET whose event stream carries everything to the client, and POSTs of messages to the address that its first event names. The
/// session lives as long as the stream; there is no resumption.
/// </summary>
internal sealed class SseTransport(SessionDoor door, MessageExchange messages, RequestDispatcher dispatcher, Arrivals arrivals, McpEndpointOptions options, TimeProvider time)
{
    private const string Parameter = "sessionId";

    public async Task Handle(HttpContext http, IMcpServer server)
    {
        await using var sink = new HttpSink(http, options, time);
        var refusal = HttpGate.Source(http, options);
        if (refusal is null && HttpMethods.IsGet(http.Request.Method))
        {
            refusal = await Listen(http, server);
        }
        else if (refusal is null && HttpMethods.IsPost(http.Request.Method))
        {
            refusal = await Post(http, server);
        }
        else if (refusal is null)
        {
            http.Response.Headers.Allow = "GET, POST";
            refusal = new(ErrorCodes.InvalidRequest, "Method not allowed.", StatusCodes.Status405MethodNotAllowed);
        }

        if (refusal is not null)
        {
            await new McpResponder(sink, default, ProtocolEra.Legacy).Error(refusal);
        }
    }

    private async ValueTask<McpError?> Listen(HttpContext http, IMcpServer server)
    {
        if (http.Request.Headers.Accept.Count > 0 && !HttpGate.AcceptsStream(http.Request))
        {
            return new(ErrorCodes.InvalidRequest, "Accept must list text/event-stream.", StatusCodes.Status406NotAcceptable);
        }

        if (door.Open(http, ProtocolVersion.November2024, options.Caller(http), replays: false, out var refusal) is not { } session)
        {
            return refusal;
        }

        try
        {
            if (!dispatcher.TryOpen(server, session, http))
            {
                return McpError.Internal;
            }

            var address = $"{http.Request.PathBase}{http.Request.Path}?{Parameter}={door.Issue(http, session)}";
            var reader = session.Standalone.Open()!;
            server.Stays(http);
            SsePump.Prepare(http);
            await new SsePump(http, session.Standalone, reader, options, time).Run(null, Encoding.UTF8.GetBytes($"event: endpoint\ndata: {address}\n\n"));
        }
        finally
        {
            door.End(session);
        }

        return null;
    }

    private async ValueTask<McpError?> Post(HttpContext http, IMcpServer server)
    {
        var id = http.Request.Query[Parameter];
        if (id.Count != 1)
        {
            return McpError.Shape($"'{Parameter}' is required in the query.");
        }

        var session = door.Find(http, id[0]!, options.Caller(http), out var foreign);
        if (foreign is not null)
        {
            return await door.Forward(http, foreign) ? null : SessionDoor.NotFound;
        }

        if (session is null || session.Streams is not null)
        {
            return SessionDoor.NotFound;
        }

        return HttpGate.Body(http.Request, options) ?? await Take(http, server, session);
    }

    private async ValueTask<McpError?> Take(HttpContext http, IMcpServer server, ClientSession session)
    {
        var body = new PooledBuffer(RequestBody.FirstSize(http));
        Envelope? message = null;
        try
        {
            if (await RequestBody.Read(http, body, arrivals) is { } unread)
            {
                return unread;
            }

            var parsed = EnvelopeParser.Parse(body.Written);
            message = parsed.Envelope;
            if (message is null)
            {
                return parsed.Error;
            }
        }
        finally
        {
            if (message is null)
            {
                body.Dispose();
            }
        }

        await messages.Take(DetachedHttp.Copy(http), server, session, message, body);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        return null;
    }
}
