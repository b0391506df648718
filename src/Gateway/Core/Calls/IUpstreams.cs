using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>Where connections to servers come from. The outer ring pools them.</summary>
public interface IUpstreams
{
    /// <summary>
    /// A connected way to a server, shared with other calls. Starts it when there is none; many calls at once start it once, and none of them
    /// stops it by being cancelled. Throws <see cref="UpstreamException"/> or <see cref="UpstreamSetupException"/>.
    /// </summary>
    ValueTask<Upstream> Get(ServerRoute server, CancellationToken cancellationToken);
}

/// <summary>A connection, and the credentials that travel on it: whatever the server echoes of them is redacted.</summary>
public sealed record Upstream(IUpstreamConnection Connection, KnownSecrets Secrets);
