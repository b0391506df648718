using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Factory;

/// <summary>Section <c>Factory</c>.</summary>
public sealed class FactoryOptions
{
    public const string Section = "Factory";

    /// <summary>
    /// Hosts with private addresses (<c>host:port</c>, <c>10.1.0.0/16</c>, <c>*.corp.example</c>) from which documents may be fetched and which deployments may call.
    /// Default none: whoever may create packs could otherwise look around in the operator's network.
    /// </summary>
    public IList<string> AllowedPrivateHosts { get; } = [];

    /// <summary>The pack runtime's executable, or its .dll. Default: <c>packruntime/</c> beside this program.</summary>
    public string PackRuntimePath { get; set; } = Path.Combine(AppContext.BaseDirectory, "packruntime", "McpPlatform.PackRuntime.dll");

    /// <summary>
    /// Name or address at which the gateways reach what this factory deployed. Default 127.0.0.1, which fits one machine. In a container it is the factory's own name in
    /// the network: deployments then listen on every address (each asks for its own bearer).
    /// </summary>
    [RegularExpression("^[A-Za-z0-9.:_-]{1,253}$")]
    public string DeploymentHost { get; set; } = "127.0.0.1";

    /// <summary>Longest wait for a process to listen. Default 30 s: it takes one on an idle machine.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a factory keeps its deployments without renewing. Default 20 s: another replica takes over after that.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest heap of one process in MiB. Default 256: 767 tools take 60.</summary>
    [Range(64, 8192)]
    public int ProcessHeapMegabytes { get; set; } = 256;

    /// <summary>Most deployments that one factory runs. Default 200: at 60 MB each a machine of 16 GB is full.</summary>
    [Range(1, 10_000)]
    public int MaxDeployments { get; set; } = 200;
}
