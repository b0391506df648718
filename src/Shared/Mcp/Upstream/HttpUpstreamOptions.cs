namespace McpPlatform.Mcp.Upstream;

/// <summary>Where a server listens, and how to treat it.</summary>
public sealed record HttpUpstreamOptions
{
    /// <summary>Address of the endpoint (Streamable HTTP), or of the event stream (HTTP+SSE).</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Sent with every request: credentials. Never logged.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Which era to speak. HTTP+SSE is legacy whatever this says.</summary>
    public EraChoice Era { get; init; } = EraChoice.Detect;

    /// <summary>Largest message taken, and largest JSON answer. 10 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>
    /// Most bytes of one event stream, everything that comes before the answer included. 64 MiB: six answers of the largest size; a stream that reports on and on
    /// would else cost its full rate until the total time is over.
    /// </summary>
    public long MaxStreamBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Longest wait for the head of a response, connecting included. 30 s: the platform's default to the first byte.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest silence within a response. 60 s: servers keep streams alive every 15 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Takes what belongs to no request; null: nobody does.</summary>
    public IUpstreamPeer? Peer { get; init; }

    /// <summary>Whether one client stands behind the connection. Default false: several may share it, and what cannot be attributed to one of them goes to none.</summary>
    public bool IsExclusive { get; init; }
}
