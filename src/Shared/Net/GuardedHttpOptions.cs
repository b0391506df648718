using System.Net;

namespace McpPlatform.Net;

/// <summary>What a guarded handler may spend. The defaults suit calls to APIs on behalf of agents.</summary>
public sealed record GuardedHttpOptions
{
    /// <summary>Longest wait for a connection, name resolution and TLS included. 2 s: a live host on another continent answers within one.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a pooled connection is used. 60 s: a name that moved is followed within a minute, checked again.</summary>
    public TimeSpan PooledConnectionLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most kilobytes of response headers. 32: twice what common servers send at most.</summary>
    public int MaxResponseHeadersKilobytes { get; init; } = 32;

    /// <summary>Most parallel connections to one host. 256: bounds what one hanging upstream can hold.</summary>
    public int MaxConnectionsPerServer { get; init; } = 256;

    /// <summary>Encodings undone on the way in. None by default: bytes pass through.</summary>
    public DecompressionMethods Decompression { get; init; } = DecompressionMethods.None;

    /// <summary>Turns a name into addresses; the system's resolver by default.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}
