using System.Buffers.Binary;
using System.Security.Cryptography;
using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Serves one request; the sink gets exactly one answer unless the token ended.</summary>
internal delegate Task ServeRequest(IMcpServer server, McpRequestContext context, IAnswerSink sink, CancellationToken cancelled);

/// <summary>
/// The revisions with sessions. A request without version, without session and without modern <c>_meta</c> is served stateless as 2025-03-26, the revision
/// that an absent header stands for; a version without a session is a client that lost its session (400).
/// </summary>
internal sealed class LegacyExchange(ISessionIds sessions, McpEndpointOptions options, TimeProvider time, ServeRequest serve)
{
    private readonly RunningCalls _running = new();

    /// <summary>One message.</summary>
    public async Task Single(HttpContext http, IMcpServer server, HttpSink sink, Envelope message)
    {
        var caller = options.Caller(http);
        if (message is { Method: McpMethods.Initialize, Kind: MessageKind.Request })
        {
            await Initialize(http, server, sink, message, caller);
            return;
        }

        var (session, refusal) = FindSession(http, caller);
        if (refusal is not null)
        {
            await Refuse(sink, refusal, message.Id);
        }
        else if (message.Kind == MessageKind.Request)
        {
            await Request(http, server, sink, message, caller, session);
        }
        else
        {
            Take(message, session);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    /// <summary>Several messages at once, answered in one array (2025-03-26 only).</summary>
    public async Task Batch(HttpContext http, IMcpServer server, HttpSink sink, ReadOnlyMemory<byte> body)
    {
        var caller = options.Caller(http);
        var (session, refusal) = FindSession(http, caller);
        refusal ??= session is null || session.Version.AllowsBatches ? null : McpError.Shape("Batches left the protocol with 2025-06-18.");
        var items = refusal is null ? EnvelopeParser.SplitBatch(body, options.MaxBatch, out refusal) : null;
        if (refusal is not null)
        {
            await Refuse(sink, refusal, default);
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
                await Request(http, server, batch, message, caller, session);
            }
            else
            {
                Take(message, session);
            }
        }

        if (batch.IsEmpty)
        {
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        await sink.Answer(batch.Finish(), StatusCodes.Status200OK);
    }

    /// <summary>DELETE: 204, or 400 and 404 as for requests.</summary>
    public async Task EndSession(HttpContext http, HttpSink sink)
    {
        var (session, refusal) = FindSession(http, options.Caller(http));
        if (session is null)
        {
            await Refuse(sink, refusal ?? McpError.Shape($"{McpHeaders.SessionId} is required."), default);
            return;
        }

        sessions.End(session);
        _running.CancelAll(session.Id);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static ValueTask Refuse(IAnswerSink sink, McpError error, RequestId id) => new McpResponder(sink, id, ProtocolEra.Legacy).Error(error);

    private static string Endpoint(HttpContext http) => http.Request.PathBase.Add(http.Request.Path).ToString().TrimEnd('/').ToLowerInvariant();

    private async Task Initialize(HttpContext http, IMcpServer server, HttpSink sink, Envelope message, McpCaller caller)
    {
        if (message.TextParam("protocolVersion"u8) is not { } asked)
        {
            await Refuse(sink, McpError.Params("'params.protocolVersion' must be a string."), message.Id);
            return;
        }

        var version = ProtocolVersion.Find(asked) is { IsModern: false } known ? known : ProtocolVersion.LatestLegacy;
        var hash = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(message.Param("capabilities"u8).Span));
        var session = new McpSession(Guid.CreateVersion7(), version, caller, hash, time.GetUtcNow());
        http.Response.Headers[McpHeaders.SessionId] = sessions.Issue(session, Endpoint(http));
        await serve(server, new(http, message, version, caller, session), sink, http.RequestAborted);
    }

    /// <summary>The session of a request; null without refusal: stateless.</summary>
    private (McpSession? Session, McpError? Refusal) FindSession(HttpContext http, McpCaller caller)
    {
        var version = http.Request.Headers[McpHeaders.ProtocolVersion];
        if (version.Count > 0 && ProtocolVersion.Find(version) is not { IsModern: false })
        {
            return (null, McpError.Shape($"Unknown {McpHeaders.ProtocolVersion}."));
        }

        var value = http.Request.Headers[McpHeaders.SessionId];
        if (value.Count == 0)
        {
            return version.Count == 0 ? default : (null, McpError.Shape($"{McpHeaders.SessionId} is required."));
        }

        var session = value.Count == 1 ? sessions.Find(value[0]!, Endpoint(http), caller) : null;
        return session is null
            ? (null, new(ErrorCodes.InvalidRequest, "Session not found.", StatusCodes.Status404NotFound))
            : (session, null);
    }

    private async Task Request(HttpContext http, IMcpServer server, IAnswerSink sink, Envelope message, McpCaller caller, McpSession? session)
    {
        if (session is null)
        {
            // Nothing could cancel this request but its own connection.
            await serve(server, new(http, message, ProtocolVersion.March2025, caller, null), sink, http.RequestAborted);
            return;
        }

        // A lost connection does not cancel (2025-06-18, Transports): only notifications/cancelled does.
        using var call = _running.Start(session.Id, message.Id);
        if (call is null)
        {
            await Refuse(sink, McpError.Shape("A request with this id is still running."), message.Id);
            return;
        }

        await serve(server, new(http, message, session.Version, caller, session), sink, call.Token);
        if (call.Token.IsCancellationRequested && !http.Response.HasStarted)
        {
            // A cancelled request has no answer; the exchange that carried it still needs a status.
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }

    /// <summary>Notifications and answers. Nothing is asked of clients yet, so only a cancellation has a consequence.</summary>
    private void Take(Envelope message, McpSession? session)
    {
        if (message.Method == McpMethods.Cancelled && session is not null && RequestId.FromRaw(message.Param("requestId"u8)) is { IsNone: false } id)
        {
            _running.Cancel(session.Id, id);
        }
    }
}
