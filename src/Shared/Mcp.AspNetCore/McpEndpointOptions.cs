using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>How MCP endpoints treat HTTP.</summary>
public sealed record McpEndpointOptions
{
    /// <summary>Largest request body. 10 MB: the platform's default for all bodies.</summary>
    public int MaxBodyBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>
    /// Most bytes of messages that have not come whole, of all clients together; a tenant may have half of it. Beyond it a message is refused (503, the tenant's half 429) or its WebSocket closed (1013).
    /// 256 MiB: 16 of the largest at once (memory grows in powers of two), and what agents send is a thousandth of that.
    /// </summary>
    public long MaxArrivingBytes { get; init; } = 256 << 20;

    /// <summary>Most messages in one batch (2025-03-26 only).</summary>
    public int MaxBatch { get; init; } = 50;

    /// <summary>
    /// Origins (<c>scheme://host[:port]</c>) whose pages may call, besides loopback pages on a loopback connection. Default none: agents send no Origin, and
    /// a browser page must be let in on purpose.
    /// </summary>
    public IReadOnlySet<string> AllowedOrigins { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Host names accepted on a loopback connection besides the loopback ones: for a proxy on the same machine that keeps the Host header.</summary>
    public IReadOnlySet<string> AllowedHosts { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Pause between comments on an open event stream. 15 s: proxies commonly close after 30 to 60 s of silence.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Ends when the client's connection is gone. Default: with the request. A host that ends requests for reasons of its own, and has them answered, tells the two apart.
    /// </summary>
    public Func<HttpContext, CancellationToken> Gone { get; init; } = static http => http.RequestAborted;

    /// <summary>Bounds of live sessions and of event streams.</summary>
    public ClientSessionOptions Sessions { get; init; } = new();

    /// <summary>Tells who calls, after authentication. Default: the <c>sub</c> or name identifier claim, no tenant.</summary>
    public Func<HttpContext, McpCaller> Caller { get; init; } = http =>
        (http.User.FindFirst("sub") ?? http.User.FindFirst(ClaimTypes.NameIdentifier)) is { Value: var subject } ? new(subject, "") : McpCaller.Anonymous;
}
