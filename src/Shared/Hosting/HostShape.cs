namespace McpPlatform.Hosting;

/// <summary>What this process is.</summary>
/// <param name="Name">Name for logs and telemetry.</param>
/// <param name="Modules">Its modules, in order of registration.</param>
/// <param name="HasEdge">Whether it faces callers: it has a public and an internal listener. Else one listener, which takes the internal credential only.</param>
public sealed record HostShape(string Name, IReadOnlyList<string> Modules, bool HasEdge)
{
    /// <summary>True in Standalone: everything in one process, which then cares for itself.</summary>
    public bool HostsEverything => Modules.Count > 1;

    /// <summary>Whether a service is in this process.</summary>
    public bool Hosts(string module) => Modules.Contains(module);
}
