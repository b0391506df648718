using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.AspNetCore.Streams;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>The streams that a legacy client opens by GET: the one on which its session hears of what belongs to no request, and the rest of one that it lost.</summary>
internal sealed class LegacyStream(SessionDoor door, RequestDispatcher dispatcher, McpEndpointOptions options, TimeProvider time)
{
    /// <summary>
    /// GET: the standalone stream (one at a time: 409), or with <c>Last-Event-ID</c> the rest of exactly the stream that event was on (400 when that is not
    /// kept). A stream that is resumed is taken from whoever reads it: to the client its connection is dead.
    /// </summary>
    public async Task Listen(LegacyRequest request)
    {
        var (http, session) = (request.Http, request.Session);
        var resumes = http.Request.Headers["Last-Event-ID"] is { Count: > 0 };
        var refusal = !HttpGate.AcceptsStream(http.Request) ? new(ErrorCodes.InvalidRequest, "Accept must list text/event-stream.", StatusCodes.Status406NotAcceptable)
            : request.Refusal ?? (session is null ? McpError.Shape($"{McpHeaders.SessionId} is required.") : null);
        if (refusal is null && !dispatcher.TryOpen(request.Server, session!, http))
        {
            refusal = McpError.Internal;
        }

        var (stream, reader) = refusal is not null ? default : resumes ? Resume(session!, http.Request.Headers["Last-Event-ID"]) : (session!.Standalone, session.Standalone.Open());
        if (reader is null)
        {
            refusal ??= resumes ? McpError.Shape("Unknown Last-Event-ID.")
                : new(ErrorCodes.InvalidRequest, "The session has a standalone stream already.", StatusCodes.Status409Conflict);
            await LegacyExchange.Refuse(request.Sink, refusal, default);
            return;
        }

        request.Server.Stays(http);
        SsePump.Prepare(http);
        await new SsePump(http, stream!, reader, options, time).Run(session!.Info.Version.HasPolling && !resumes ? options.Sessions.Retry : null);
        door.Touch(session);
    }

    private static (EventStream? Stream, EventReader? Reader) Resume(ClientSession session, string? lastEventId)
    {
        var separator = lastEventId?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        var stream = separator > 0 && int.TryParse(lastEventId.AsSpan(0, separator), out var number) ? session.Streams?.Find(number) : null;
        return stream is not null && long.TryParse(lastEventId.AsSpan(separator + 1), out var after) && after >= 0 ? (stream, stream.Resume(after)) : default;
    }
}
