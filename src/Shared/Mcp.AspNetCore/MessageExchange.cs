using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.AspNetCore.Streams;
using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// Messages of a client whose answers go down its one stream, HTTP+SSE and WebSocket: requests run beside each other, and nothing waits for them here.
/// </summary>
internal sealed class MessageExchange(RequestDispatcher dispatcher, SessionDoor door, McpEndpointOptions options)
{
    /// <summary>
    /// Takes one parsed message and the buffer it lies in. <paramref name="http"/> belongs to the message: it is not used by anybody else, and no connection.
    /// </summary>
    public async ValueTask Take(HttpContext http, IMcpServer server, ClientSession session, Envelope message, PooledBuffer body)
    {
        var isTaken = false;
        try
        {
            door.Touch(session);
            isTaken = message.Kind == MessageKind.Request && await TryStart(http, server, session, message, body);
            if (message.Kind != MessageKind.Request)
            {
                await TakeOther(http, server, session, message);
            }
        }
        finally
        {
            if (!isTaken)
            {
                body.Dispose();
            }
        }
    }

    /// <summary>Answers with an error on the stream.</summary>
    public static ValueTask Refuse(ClientSession session, McpError error, RequestId id, ProtocolEra era) =>
        new McpResponder(new StreamSink(session.Standalone, null), id, era).Error(error);

    /// <summary>True when the request runs and gives the buffer back itself.</summary>
    private async ValueTask<bool> TryStart(HttpContext http, IMcpServer server, ClientSession session, Envelope message, PooledBuffer body)
    {
        var modern = session.TakesModern && message.Meta.ProtocolVersion is not null;
        var version = modern ? ProtocolVersion.July2026 : session.Info.Version;
        var refusal = modern ? ModernRules.CheckMeta(message) : CheckLegacy(session, message, ref version);
        refusal ??= session.Running.Count >= options.Sessions.MaxRunning ? new(ErrorCodes.RateLimited, "Too many requests of this session are running.", 429) : null;
        var call = refusal is null ? session.Running.Start(message.Id) : null;
        if (call is null)
        {
            await Refuse(session, refusal ?? McpError.Shape("A request with this id is still running."), message.Id, version.Era);
            return false;
        }

        var context = modern
            ? new McpRequestContext(http, message, version, session.Info.Caller, null)
            : new McpRequestContext(http, message, version, session.Info.Caller, session.Info) { Live = session };
        _ = Run(server, context, session, new StreamSink(session.Standalone, modern ? null : session), call, body);
        return true;
    }

    private static McpError? CheckLegacy(ClientSession session, Envelope message, ref ProtocolVersion version)
    {
        if (message.Method != McpMethods.Initialize)
        {
            return session.IsInitialized || message.Method == McpMethods.Ping ? null : McpError.Shape("The session is not initialized.");
        }

        if (Handshake.Read(message, out var error) is not { } asked)
        {
            return error;
        }

        version = asked;
        return Handshake.Apply(session, message, asked) ? null : McpError.Shape("The session is initialized already.");
    }

    private async Task Run(IMcpServer server, McpRequestContext context, ClientSession session, StreamSink sink, RunningCalls.Call call, PooledBuffer body)
    {
        using (body)
        using (call)
        {
            // The next message does not wait for the first step of this one.
            await Task.Yield();
            await dispatcher.Serve(server, context, sink, call.Token);
            door.Touch(session);
        }
    }

    private async ValueTask TakeOther(HttpContext http, IMcpServer server, ClientSession session, Envelope message)
    {
        if (message.Kind == MessageKind.Response)
        {
            session.Questions.Answer(message);
        }
        else if (message.Method == McpMethods.Cancelled)
        {
            if (RequestId.FromRaw(message.Param("requestId"u8)) is { IsNone: false } id)
            {
                session.Running.Cancel(id);
            }
        }
        else
        {
            var context = session.IsInitialized
                ? new McpRequestContext(http, message, session.Info.Version, session.Info.Caller, session.Info) { Live = session }
                : new McpRequestContext(http, message, ProtocolVersion.July2026, session.Info.Caller, null);
            await dispatcher.Notified(server, context, session.Ended);
        }
    }
}
