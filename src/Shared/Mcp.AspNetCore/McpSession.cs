namespace McpPlatform.Mcp.AspNetCore;

/// <summary>What a legacy session is known by, on every replica: the rest of it lives with its owner.</summary>
/// <param name="Id">Identity, known to the server only.</param>
/// <param name="Version">Negotiated revision.</param>
/// <param name="Caller">Whom it belongs to.</param>
/// <param name="CapabilitiesHash">
/// First 16 bytes of SHA-256 over the client's raw capabilities: tells sessions of unlike clients apart without carrying them.
/// </param>
/// <param name="CreatedAt">UTC, whole milliseconds.</param>
public sealed record McpSession(Guid Id, ProtocolVersion Version, McpCaller Caller, UInt128 CapabilitiesHash, DateTimeOffset CreatedAt)
{
    /// <summary>The process where it lives, see <see cref="ISessionOwners.Id"/>.</summary>
    public Guid Owner { get; init; }

    /// <summary>How others reach that process, see <see cref="ISessionOwners.Address"/>; empty: not at all.</summary>
    public string OwnerAddress { get; init; } = "";
}

/// <summary>Turns sessions into the value of <c>Mcp-Session-Id</c> and back.</summary>
public interface ISessionIds
{
    /// <summary>The header value (visible ASCII) for a session at an endpoint.</summary>
    string Issue(McpSession session, string endpoint);

    /// <summary>
    /// The session behind a header value, or null when it is no session, has expired, or belongs to another endpoint or caller: all the same answer (404), so
    /// that nothing can be learnt from it. Whether it still lives its owner knows.
    /// </summary>
    McpSession? Find(string value, string endpoint, McpCaller caller);
}
