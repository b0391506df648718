using System.Globalization;
using System.Text;
using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// Sessions of clients that speak no MCP: the host speaks it for them. They are sessions as any other, within the same bounds, idle and old as those, named by the same ids and owned by one process.
/// Nothing is ever asked of such a client, and no stream of it is open.
/// </summary>
public sealed class PlainSessions
{
    private readonly ISessionIds _ids;
    private readonly ISessionOwners _owners;
    private readonly LiveSessions _live;
    private readonly McpEndpointOptions _options;
    private readonly TimeProvider _time;
    private readonly string _endpoint;
    private long _requests;

    internal PlainSessions(ISessionIds ids, ISessionOwners owners, LiveSessions live, McpEndpointOptions options, TimeProvider time, string endpoint) =>
        (_ids, _owners, _live, _options, _time, _endpoint) = (ids, owners, live, options, time, endpoint);

    /// <summary>How long one lives that nobody uses.</summary>
    public TimeSpan IdleLimit => _options.Sessions.IdleLimit;

    /// <summary>Opens a session with its state; null and why when there is no place, and then the answer says when to come back.</summary>
    /// <param name="state">Disposed when the session ends.</param>
    public ClientSession? Open(HttpContext http, string? name, Func<ClientSession, IAsyncDisposable> state, out McpError? refusal)
    {
        var info = new McpSession(Guid.CreateVersion7(), ProtocolVersion.LatestLegacy, _options.Caller(http), 0, _time.GetUtcNow()) { Owner = _owners.Id, OwnerAddress = _owners.Address };
        if (_live.Open(info, replays: true, out refusal) is not { } session)
        {
            SessionLimit.SetRetryAfter(http.Response);
            return null;
        }

        session.Open(state);
        var client = name is null ? default : (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"{{\"name\":{Encoding.UTF8.GetString(JsonMembers.Quote(name).Span)},\"version\":\"1\"}}");
        session.Initialize(info, "{}"u8.ToArray(), client);
        return session;
    }

    /// <summary>The id under which its client comes back. Another one each time, and all of them are good.</summary>
    public string IdOf(ClientSession session) => _ids.Issue(session.Info, _endpoint);

    /// <summary>The session behind an id, live here, or <paramref name="foreign"/> when another process owns it. Neither: there is no such session, or it is not this caller's.</summary>
    public ClientSession? Find(HttpContext http, string id, out McpSession? foreign)
    {
        var session = _ids.Find(id, _endpoint, _options.Caller(http));
        foreign = session is not null && session.Owner != _owners.Id ? session : null;
        return session is null || foreign is not null ? null : _live.Find(session.Id);
    }

    /// <summary>Lets the owner of a session answer; false when it cannot: the session is gone with it.</summary>
    public async ValueTask<bool> Forward(HttpContext http, McpSession foreign) =>
        foreign.OwnerAddress.Length > 0 && foreign.OwnerAddress != _owners.Address && !_owners.WasForwarded(http) && await _owners.Forward(http, foreign.OwnerAddress);

    /// <summary>Those of a caller that live here.</summary>
    public IReadOnlyList<ClientSession> Of(McpCaller caller) => _live.Where(session => session.Info.Caller == caller);

    /// <summary>
    /// A request of a session begins: until the result is disposed the session is not idle. Its token ends with the session. Null: as many run as may.
    /// </summary>
    public IDisposable? Begin(ClientSession session, out CancellationToken cancelled)
    {
        cancelled = default;
        if (session.Running.Count >= _options.Sessions.MaxRunning || session.Running.Start(RequestId.FromRaw(Encoding.ASCII.GetBytes(Interlocked.Increment(ref _requests).ToString(CultureInfo.InvariantCulture)))) is not { } call)
        {
            return null;
        }

        cancelled = call.Token;
        return new Use(session, call, _time);
    }

    /// <summary>Ends a session.</summary>
    public void End(ClientSession session) => _live.End(session);

    private sealed class Use(ClientSession session, RunningCalls.Call call, TimeProvider time) : IDisposable
    {
        public void Dispose()
        {
            call.Dispose();
            session.LastUsed = time.GetTimestamp();
        }
    }
}
