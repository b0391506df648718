using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>What is known of an MCP request once its caller is: a feature of its HTTP context.</summary>
/// <param name="State">Read once; decides the whole request.</param>
/// <param name="Credential">The caller's key, for redaction only.</param>
/// <param name="Server">The server whose endpoint was called; null on the one that shows all.</param>
/// <param name="StartedTimestamp">The start on the monotonic clock.</param>
/// <param name="KeyLeft">Requests that the key has left at once.</param>
internal sealed record GatewayRequest(
    GatewayState State,
    Caller Caller,
    string Credential,
    ServerRoute? Server,
    string RequestId,
    DateTimeOffset StartedAt,
    long StartedTimestamp,
    int KeyLeft);
