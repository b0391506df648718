using System.Diagnostics;
using System.Net.WebSockets;
using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.AspNetCore.Streams;
using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// MCP over WebSocket, subprotocol <c>mcp</c>: one message per text frame in either direction. There are no headers per message, so of the modern rules those
/// for the body apply; batches are not taken.
/// </summary>
internal sealed class SocketTransport(SessionDoor door, MessageExchange messages, RequestDispatcher dispatcher, Arrivals arrivals, McpEndpointOptions options, TimeProvider time)
{
    private const string Protocol = "mcp";

    /// <summary>"Try again later", of IANA's registry of close codes.</summary>
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);

    /// <summary>For running requests to say how they ended when the process ends them.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    public async Task Handle(HttpContext http, IMcpServer server, MessageAdmission? admit)
    {
        var refusal = HttpGate.Source(http, options)
            ?? (http.WebSockets.IsWebSocketRequest && http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol)
                ? null : McpError.Shape($"A WebSocket handshake with the subprotocol '{Protocol}' is expected."));
        ClientSession? session = null;
        if (refusal is null)
        {
            session = door.Open(http, ProtocolVersion.LatestLegacy, options.Caller(http), replays: false, out refusal);
            if (session is not null && !dispatcher.TryOpen(server, session, http))
            {
                door.End(session);
                (session, refusal) = (null, McpError.Internal);
            }
        }

        if (session is null)
        {
            await using var sink = new HttpSink(http, options, time);
            await new McpResponder(sink, default, ProtocolEra.Legacy).Error(refusal!);
            return;
        }

        session.TakesModern = true;
        server.Stays(http);
        try
        {
            await Serve(http, server, session, admit);
        }
        finally
        {
            door.End(session);
        }
    }

    private async Task Serve(HttpContext http, IMcpServer server, ClientSession session, MessageAdmission? admit)
    {
        var accept = new WebSocketAcceptContext { SubProtocol = Protocol, KeepAliveInterval = options.KeepAlive, KeepAliveTimeout = options.Sessions.StallLimit };
        using var socket = await http.WebSockets.AcceptWebSocketAsync(accept);
        using var stop = new CancellationTokenSource();

        // Also when this process ends requests that take too long: the client is still there then, and is told.
        await using var aborted = options.Gone(http).UnsafeRegister(_ => End(session), null);
        var pump = new SocketPump(socket, session.Standalone, session.Standalone.Open()!, options.Sessions, time);
        var writing = pump.Run(stop, ClosingTime);
        try
        {
            pump.Ends(await Receive(new(http, server, session, admit), socket, stop.Token));
        }
        catch (Exception lost) when (lost is WebSocketException or OperationCanceledException)
        {
            // Gone without a word, or too slow to say goodbye.
        }

        door.End(session);
        await writing;
    }

    /// <summary>Reads until the client closes, or breaks a rule; tells how the connection ends.</summary>
    private async Task<WebSocketCloseStatus> Receive(Client client, WebSocket socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            var body = new PooledBuffer();
            var isTaken = false;
            try
            {
                if (await Read(client.Http, socket, body, cancellationToken) is { } end)
                {
                    return end;
                }

                isTaken = await Take(client, body, cancellationToken);
            }
            finally
            {
                if (!isTaken)
                {
                    body.Dispose();
                }
            }
        }
    }

    /// <summary>Reads a message. Null, or how the connection ends. Its first part may take as long as it likes, all others together no longer than twice the stall limit.</summary>
    private async ValueTask<WebSocketCloseStatus?> Read(HttpContext http, WebSocket socket, PooledBuffer body, CancellationToken cancellationToken)
    {
        var arrival = arrivals.Begin(http);
        CancellationTokenSource? deadline = null, either = null;
        try
        {
            while (true)
            {
                if (arrival.Next(body, out var room) is { } refusal)
                {
                    return refusal.HttpStatus == StatusCodes.Status413PayloadTooLarge ? WebSocketCloseStatus.MessageTooBig : TryAgainLater;
                }

                var part = await socket.ReceiveAsync(room, either?.Token ?? cancellationToken);
                body.Advance(part.Count);
                if (part.MessageType != WebSocketMessageType.Text)
                {
                    return part.MessageType == WebSocketMessageType.Close ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.InvalidMessageType;
                }

                if (part.EndOfMessage)
                {
                    return body.Written.Length > options.MaxBodyBytes ? WebSocketCloseStatus.MessageTooBig : null;
                }

                if (either is null)
                {
                    deadline = new CancellationTokenSource(2 * options.Sessions.StallLimit, time);
                    either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
                }
            }
        }
        finally
        {
            arrival.Dispose();
            either?.Dispose();
            deadline?.Dispose();
        }
    }

    /// <summary>True when the buffer has another owner now.</summary>
    private async ValueTask<bool> Take(Client client, PooledBuffer body, CancellationToken cancellationToken)
    {
        var (http, server, session, admit) = client;
        var parsed = EnvelopeParser.Parse(body.Written);
        var era = session.IsInitialized ? ProtocolEra.Legacy : ProtocolEra.Modern;
        if (parsed.Envelope is not { } message)
        {
            await MessageExchange.Refuse(session, parsed.Error!, parsed.Id, era);
            return false;
        }

        var copy = DetachedHttp.Copy(http);
        copy.RequestAborted = http.RequestAborted;
        if (admit is not null && await admit(copy, message.Kind, cancellationToken) is { } refusal)
        {
            if (message.Kind == MessageKind.Request)
            {
                await MessageExchange.Refuse(session, refusal, message.Id, era);
            }

            return false;
        }

        // The trace of the handshake would grow as long as the connection lives: every message begins its own.
        Activity.Current = null;
        await messages.Take(copy, server, session, message, body);
        return true;
    }

    private void End(ClientSession session)
    {
        session.Running.Close();
        _ = Finish();

        async Task Finish()
        {
            var since = time.GetTimestamp();
            while (session.HasWork && time.GetElapsedTime(since) < LastWords)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time);
            }

            door.End(session);
        }
    }

    private readonly record struct Client(HttpContext Http, IMcpServer Server, ClientSession Session, MessageAdmission? Admit);
}

/// <summary>
/// Sees every message of a WebSocket before it is served, on a copy of the HTTP context of its own: the place to authenticate again, to count, and to attach what
/// the server looks for. A refusal is the answer of a request; other messages are dropped then. No further message is read meanwhile: waiting slows the client down.
/// </summary>
public delegate ValueTask<McpError?> MessageAdmission(HttpContext http, MessageKind kind, CancellationToken cancellationToken);
