using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore.Sessions;

/// <summary>Where sessions come in: opens them, finds them by the id a client presents, and sends requests for another process there.</summary>
internal sealed class SessionDoor(ISessionIds ids, ISessionOwners owners, LiveSessions live, TimeProvider time)
{
    /// <summary>404, always the same.</summary>
    public static McpError NotFound { get; } = new(ErrorCodes.InvalidRequest, "Session not found.", StatusCodes.Status404NotFound);

    /// <summary>The path without its case and its last slash: sessions belong to one.</summary>
    public static string EndpointOf(HttpContext http) => http.Request.PathBase.Add(http.Request.Path).ToString().TrimEnd('/').ToLowerInvariant();

    /// <summary>
    /// The session behind a presented id: live here, or <paramref name="foreign"/> when another process owns it. Neither: there is no such session.
    /// </summary>
    public ClientSession? Find(HttpContext http, string id, McpCaller caller, out McpSession? foreign)
    {
        var session = ids.Find(id, EndpointOf(http), caller);
        foreign = session is not null && session.Owner != owners.Id ? session : null;
        return session is null || foreign is not null ? null : live.Find(session.Id);
    }

    /// <summary>
    /// Lets the owner of a session answer. False when it cannot: the session is gone with it. A request is forwarded once, and never to where it already is
    /// (an earlier process on this address).
    /// </summary>
    public async ValueTask<bool> Forward(HttpContext http, McpSession foreign) =>
        foreign.OwnerAddress.Length > 0 && foreign.OwnerAddress != owners.Address && !owners.WasForwarded(http) && await owners.Forward(http, foreign.OwnerAddress);

    /// <summary>Opens a session without handshake; null and why when there is no place, and then the answer says when to come back.</summary>
    public ClientSession? Open(HttpContext http, ProtocolVersion version, McpCaller caller, bool replays, out McpError? refusal)
    {
        var info = new McpSession(Guid.CreateVersion7(), version, caller, 0, time.GetUtcNow()) { Owner = owners.Id, OwnerAddress = owners.Address };
        if (live.Open(info, replays, out refusal) is { } session)
        {
            return session;
        }

        SessionLimit.SetRetryAfter(http.Response);
        return null;
    }

    /// <summary>The id under which the client comes back.</summary>
    public string Issue(HttpContext http, ClientSession session) => ids.Issue(session.Info, EndpointOf(http));

    /// <summary>Ends a session.</summary>
    public void End(ClientSession session) => live.End(session);

    /// <summary>Says that a session was in use until now.</summary>
    public void Touch(ClientSession session) => session.LastUsed = time.GetTimestamp();
}
