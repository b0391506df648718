using McpPlatform.Gateway.Profiles;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>What is known of an MCP request once its caller is: a feature of its HTTP context.</summary>
/// <param name="State">Read once; decides the whole request.</param>
/// <param name="Credential">The caller's key, for redaction only.</param>
/// <param name="Server">The server whose endpoint was called; null on those that show several.</param>
/// <param name="StartedTimestamp">The start on the monotonic clock.</param>
/// <param name="Authenticating">When the caller was asked for, on the same clock.</param>
/// <param name="Authenticated">When it was known and its rate taken.</param>
/// <param name="KeyLeft">Requests that the key has left at once.</param>
/// <param name="Set">The tool set whose endpoint was called; null on others.</param>
/// <param name="Profile">That the request names, or its key; null when neither does: then the client's own word counts.</param>
internal sealed record GatewayRequest(
    GatewayState State,
    Caller Caller,
    string Credential,
    ServerRoute? Server,
    string RequestId,
    DateTimeOffset StartedAt,
    long StartedTimestamp,
    long Authenticating,
    long Authenticated,
    int KeyLeft,
    ToolSetRoute? Set = null,
    ClientProfile? Profile = null)
{
    private long _answeredAt;

    /// <summary>Where the time went so far of a call that is understood now. Of the calls of a batch, the first one has it all; the others begin when the one before is answered.</summary>
    public CallTimes Begin(long now) => _answeredAt == 0 ? new CallTimes(StartedTimestamp, Authenticating, Authenticated, now) : new CallTimes(_answeredAt, _answeredAt, _answeredAt, now);

    /// <summary>A call of it is answered.</summary>
    public void Answered(long now) => _answeredAt = now;
}
