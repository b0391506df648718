using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>Where connections to servers come from. The outer ring pools them.</summary>
public interface IUpstreams
{
    /// <summary>
    /// A connected way to an endpoint of a server, shared with other calls. Starts it when there is none; many calls at once start it once, and none of them
    /// stops it by being cancelled. Throws <see cref="UpstreamException"/>, <see cref="UpstreamSetupException"/> or <see cref="CallFailureException"/>.
    /// </summary>
    /// <param name="user">For whom: where processes are not shared, everybody has their own.</param>
    ValueTask<UpstreamLease> Get(EndpointRoute endpoint, UpstreamUser user, CancellationToken cancellationToken);
}

/// <summary>Whoever uses a connection, as far as its scope asks.</summary>
/// <param name="Session">Null where there is none.</param>
/// <param name="Principal">Subject of the caller; null = the platform itself.</param>
/// <param name="SessionEnded">Ends with the session: what is the session's alone ends then, too.</param>
public readonly record struct UpstreamUser(Guid? Session, string? Principal, CancellationToken SessionEnded = default)
{
    /// <summary>The client, where it matters to servers which one it is; null = nobody that could be asked anything.</summary>
    public UpstreamClient? Client { get; init; }
}

/// <summary>Keeps a connection open for one user. Dispose it once.</summary>
/// <param name="Secrets">The credentials that travel on the connection: whatever the server echoes of them is redacted.</param>
public readonly record struct UpstreamLease(IUpstreamConnection Connection, KnownSecrets Secrets, IUpstreamUse? Use) : IDisposable
{
    public void Dispose() => Use?.Release();
}

/// <summary>Counts the users of a connection.</summary>
public interface IUpstreamUse
{
    /// <summary>One user is done.</summary>
    void Release();
}
