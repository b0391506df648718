using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.AspNetCore.Streams;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// Streamable HTTP of the revisions with sessions. A request without version, without session and without modern <c>_meta</c> is served stateless as
/// 2025-03-26, the revision that an absent header stands for; a version without a session is a client that lost its session (400).
/// </summary>
internal sealed class LegacyExchange(SessionDoor door, RequestDispatcher dispatcher, McpEndpointOptions options, TimeProvider time)
{
    private readonly LegacyStream _streams = new(door, dispatcher, options, time);

    /// <summary>Looks the session up; null when another process answered, or nobody could (404 then).</summary>
    public async ValueTask<LegacyRequest?> Receive(HttpContext http, IMcpServer server, HttpSink sink)
    {
        var caller = options.Caller(http);
        var id = http.Request.Headers[McpHeaders.SessionId];
        var version = http.Request.Headers[McpHeaders.ProtocolVersion];
        ClientSession? session = null;
        McpError? refusal = null;
        if (id.Count > 0)
        {
            McpSession? foreign = null;
            session = id.Count == 1 ? door.Find(http, id[0]!, caller, out foreign) : null;
            if (foreign is not null)
            {
                if (!await door.Forward(http, foreign))
                {
                    await Refuse(sink, SessionDoor.NotFound, default);
                }

                return null;
            }

            refusal = session is null ? SessionDoor.NotFound : null;
        }
        else if (version.Count > 0)
        {
            refusal = McpError.Shape($"{McpHeaders.SessionId} is required.");
        }

        if (version.Count > 0 && ProtocolVersion.Find(version) is not { IsModern: false })
        {
            refusal = McpError.Shape($"Unknown {McpHeaders.ProtocolVersion}.");
        }

        return new(http, server, sink, caller, session, refusal);
    }

    /// <summary>One message. What is returned is the rest of a request that goes on without its response, and still needs the message; null: none.</summary>
    public ValueTask<Task?> Single(LegacyRequest request, Envelope message) => message switch
    {
        { Method: McpMethods.Initialize, Kind: MessageKind.Request } => Initialize(request, message),
        _ when request.Refusal is not null => Refuse(request, request.Refusal, message.Id),
        { Kind: MessageKind.Request } => Request(request, message),
        _ => Accept(request, message),
    };

    /// <summary>Several messages at once, answered in one array (2025-03-26 only).</summary>
    public async Task Batch(LegacyRequest request, ReadOnlyMemory<byte> body)
    {
        var refusal = request.Refusal
            ?? (request.Session is { Info.Version.AllowsBatches: false } ? McpError.Shape("Batches left the protocol with 2025-06-18.") : null);
        var items = refusal is null ? EnvelopeParser.SplitBatch(body, options.MaxBatch, out refusal) : null;
        if (refusal is not null)
        {
            await Refuse(request.Sink, refusal, default);
            return;
        }

        using var batch = new BatchSink();
        foreach (var item in items!)
        {
            var parsed = EnvelopeParser.Parse(item);
            if (parsed.Envelope is not { } message)
            {
                await Refuse(batch, parsed.Error!, parsed.Id);
            }
            else if (message.Method == McpMethods.Initialize || message.Meta.ProtocolVersion is not null)
            {
                await Refuse(batch, McpError.Shape("This message cannot be part of a batch."), message.Id);
            }
            else if (message.Kind == MessageKind.Request)
            {
                await BatchItem(request, message, batch);
            }
            else
            {
                await Take(request, message);
            }
        }

        if (batch.IsEmpty)
        {
            request.Http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        await request.Sink.Answer(batch.Finish(), StatusCodes.Status200OK);
    }

    /// <summary>GET: <see cref="LegacyStream.Listen"/>.</summary>
    public Task Listen(LegacyRequest request) => _streams.Listen(request);

    /// <summary>DELETE: 204, or 400 and 404 as for requests.</summary>
    public async Task EndSession(LegacyRequest request)
    {
        if (request.Session is not { } session || request.Refusal is not null)
        {
            await Refuse(request.Sink, request.Refusal ?? McpError.Shape($"{McpHeaders.SessionId} is required."), default);
            return;
        }

        door.End(session);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    internal static ValueTask Refuse(IAnswerSink sink, McpError error, RequestId id) => new McpResponder(sink, id, ProtocolEra.Legacy).Error(error);

    private static async ValueTask<Task?> Refuse(LegacyRequest request, McpError error, RequestId id)
    {
        await Refuse(request.Sink, error, id);
        return null;
    }

    private async ValueTask<Task?> Accept(LegacyRequest request, Envelope message)
    {
        await Take(request, message);
        request.Http.Response.StatusCode = StatusCodes.Status202Accepted;
        return null;
    }

    private async ValueTask<Task?> Initialize(LegacyRequest request, Envelope message)
    {
        if (Handshake.Read(message, out var error) is not { } version || door.Open(request.Http, version, request.Caller, replays: true, out error) is not { } session)
        {
            return await Refuse(request, error!, message.Id);
        }

        Handshake.Apply(session, message, version);
        request.Http.Response.Headers[McpHeaders.SessionId] = door.Issue(request.Http, session);
        var context = new McpRequestContext(request.Http, message, version, request.Caller, session.Info) { Live = session };
        if (!await dispatcher.Serve(request.Server, context, request.Sink, request.Http.RequestAborted))
        {
            door.End(session);
        }

        return null;
    }

    private async ValueTask<Task?> Request(LegacyRequest request, Envelope message)
    {
        if (request.Session is not { } session)
        {
            // Nothing could cancel this request but its own connection.
            await dispatcher.Serve(request.Server, Stateless(request, message), request.Sink, request.Http.RequestAborted);
            return null;
        }

        // A lost connection does not cancel (2025-06-18, Transports): only notifications/cancelled does.
        if (session.Running.Start(message.Id) is not { } call)
        {
            return await Refuse(request, McpError.Shape("A request with this id is still running."), message.Id);
        }

        var context = new McpRequestContext(request.Http, message, session.Info.Version, request.Caller, session.Info) { Live = session };
        request.Sink.Bind(session, context);
        var serving = dispatcher.Serve(request.Server, context, request.Sink, call.Token);
        if (request.Sink.CanLeave && !serving.IsCompleted && await Task.WhenAny(serving, request.Sink.Left) != serving)
        {
            return Finish(serving, session, call, request.Sink);
        }

        try
        {
            await serving;
        }
        finally
        {
            call.Dispose();
            door.Touch(session);
        }

        if (call.Token.IsCancellationRequested && !request.Http.Response.HasStarted)
        {
            // A cancelled request has no answer; the exchange that carried it still needs a status.
            request.Http.Response.StatusCode = StatusCodes.Status202Accepted;
        }

        return null;
    }

    private async Task Finish(Task<bool> serving, ClientSession session, RunningCalls.Call call, HttpSink sink)
    {
        using (call)
        {
            await serving;
            door.Touch(session);
            sink.Complete();
        }
    }

    private async Task BatchItem(LegacyRequest request, Envelope message, BatchSink sink)
    {
        if (request.Session is not { } session)
        {
            await dispatcher.Serve(request.Server, Stateless(request, message), sink, request.Http.RequestAborted);
            return;
        }

        using var call = session.Running.Start(message.Id);
        if (call is null)
        {
            await Refuse(sink, McpError.Shape("A request with this id is still running."), message.Id);
            return;
        }

        var context = new McpRequestContext(request.Http, message, session.Info.Version, request.Caller, session.Info) { Live = session };
        await dispatcher.Serve(request.Server, context, sink, call.Token);
    }

    private static McpRequestContext Stateless(LegacyRequest request, Envelope message) =>
        new(request.Http, message, ProtocolVersion.March2025, request.Caller, null);

    /// <summary>Notifications, and answers to our questions. An answer that nothing waits for is late, which is normal.</summary>
    private async ValueTask Take(LegacyRequest request, Envelope message)
    {
        var session = request.Session;
        if (message.Kind == MessageKind.Response)
        {
            session?.Questions.Answer(message);
        }
        else if (message.Method == McpMethods.Cancelled)
        {
            if (session is not null && RequestId.FromRaw(message.Param("requestId"u8)) is { IsNone: false } id)
            {
                session.Running.Cancel(id);
            }
        }
        else
        {
            var context = session is null
                ? Stateless(request, message)
                : new McpRequestContext(request.Http, message, session.Info.Version, request.Caller, session.Info) { Live = session };
            await dispatcher.Notified(request.Server, context, request.Http.RequestAborted);
        }
    }
}
