using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>One request on its way over Streamable HTTP.</summary>
/// <param name="Exchange">Sends what the server's questions are answered with.</param>
/// <param name="Id">Ours, on the wire.</param>
/// <param name="Token">The caller's progress token, in whose place ours is sent; none when nobody wants progress.</param>
internal sealed record AskedRequest(HttpExchange Exchange, long Id, UpstreamRequest Request, RequestId Token, HttpLink Link)
{
    /// <summary>What the server asks in the middle of it; made when it does.</summary>
    public Questions Questions => field ??= new Questions(answer => Exchange.PostQuietly(answer, Link));
}
