using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// The processes that own live sessions. A session lives where it was opened: its streams, questions and upstream connections cannot move. So its id names
/// the owner, and a request that arrives elsewhere is forwarded, once.
/// </summary>
public interface ISessionOwners
{
    /// <summary>This process, new at every start: what an earlier process on the same address owned is gone.</summary>
    Guid Id { get; }

    /// <summary>How the other processes reach this one; empty when they cannot. At most 200 bytes of UTF-8. Read when a session is opened.</summary>
    string Address { get; }

    /// <summary>
    /// True when another owner forwarded this request; it is never forwarded again. An implementation must not believe a header that a client can send.
    /// </summary>
    bool WasForwarded(HttpContext http);

    /// <summary>
    /// Lets the owner answer: passes the request on, its body unread as it came, and the answer back, flushed per event. False when the owner cannot be
    /// reached and nothing of an answer was written: the session is gone with it (404).
    /// </summary>
    ValueTask<bool> Forward(HttpContext http, string ownerAddress);
}

/// <summary>One process alone: a session of any other owner is gone.</summary>
public sealed class SingleOwner : ISessionOwners
{
    /// <inheritdoc/>
    public Guid Id { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public string Address => "";

    /// <inheritdoc/>
    public bool WasForwarded(HttpContext http) => false;

    /// <inheritdoc/>
    public ValueTask<bool> Forward(HttpContext http, string ownerAddress) => new(false);
}
