namespace McpPlatform.Mcp.Upstream;

/// <summary>How to start a server that speaks on its standard streams, and how to treat it.</summary>
public sealed record StdioOptions
{
    /// <summary>Program: a path, or a name looked up on the child's PATH.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments, passed as they are: no shell reads them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The child's whole environment, together with PATH and HOME of this process where they are not given here.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Null: that of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Which era to speak.</summary>
    public EraChoice Era { get; init; } = EraChoice.Detect;

    /// <summary>Largest message the child may send; a larger one ends the connection. 16 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Longest wait for the handshake, the start of the process included. 60 s: package runners download on their first start.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the child may take to leave, once after its input was closed and once after SIGTERM, before it is killed. 2 s each.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Value of <see cref="OsProcesses.Mark"/> in the child's environment, no other child's: by it everything that the child started is found again, wherever it went.
    /// Null: none is set.
    /// </summary>
    public string? Mark { get; init; }

    /// <summary>How much is kept of what the child writes to its error stream, the last of it. 64 KiB: the trace of a crash with what led to it.</summary>
    public int StderrBytes { get; init; } = 64 * 1024;

    /// <summary>Takes what belongs to no request; null: nobody does.</summary>
    public IUpstreamPeer? Peer { get; init; }

    /// <summary>Whether one client stands behind the connection. Default false: several may share it, and what cannot be attributed to one of them goes to none.</summary>
    public bool IsExclusive { get; init; }
}
