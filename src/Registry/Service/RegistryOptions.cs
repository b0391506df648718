using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Registry;

/// <summary>Section <c>Registry</c>.</summary>
public sealed class RegistryOptions
{
    public const string Section = "Registry";

    /// <summary>Servers per tenant that are not deleted. Default 1000: their catalogs fit a snapshot of some tens of MB.</summary>
    [Range(1, 100_000)]
    public int MaxServers { get; init; } = 1000;

    /// <summary>Tools per server. Default 2000: the largest document of the sample workload has 1447 operations.</summary>
    [Range(1, 100_000)]
    public int MaxToolsPerServer { get; init; } = 2000;

    /// <summary>Reverse-DNS namespace of the servers' names in the registry API (<c>/v0.1</c>): a domain of yours makes them unique in the world. Default <c>local.mcpplatform</c>.</summary>
    [RegularExpression("^[a-zA-Z0-9][a-zA-Z0-9.-]{0,126}$", ErrorMessage = "Registry:Namespace must be a reversed domain name such as com.example: letters, digits, '.' and '-'.")]
    public string Namespace { get; init; } = "local.mcpplatform";

    /// <summary>Bytes of one tool's definition. Default 256 KiB; the largest measured is 45 KB.</summary>
    [Range(1024, 10 * 1024 * 1024)]
    public int MaxDefinitionBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of all prompts, resources, templates and instructions of one server. Default 4 MiB: some ten thousand resources.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxOfferBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Tools per tenant that were registered as an HTTP operation. Default 100: each is a process in landing zone <c>local</c>.</summary>
    [Range(1, 10_000)]
    public int MaxHttpTools { get; init; } = 100;

    /// <summary>
    /// What becomes of definitions that servers add or change, where a server does not say it itself: <c>auto</c> (served as they come) or <c>quarantine</c> (withheld until somebody accepts
    /// them). Default auto: one's own API as tools needs nobody's second look.
    /// </summary>
    [RegularExpression("^(auto|quarantine)$", ErrorMessage = "Registry:Definitions must be auto or quarantine.")]
    public string Definitions { get; init; } = "auto";

    /// <summary>Routes per tenant, and as many integrations. Default 1000: an intent is something that people name.</summary>
    [Range(1, 100_000)]
    public int MaxRoutes { get; init; } = 1000;

    /// <summary>Tool sets per tenant that are not deleted. Default 200: gateways hold each one's names and definitions in memory.</summary>
    [Range(1, 10_000)]
    public int MaxToolSets { get; init; } = 200;

    /// <summary>How often a healthy server is looked at. Default 5 min; a failing one is looked at sooner, from 5 s doubling up to this.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Servers that are looked at at the same time. Default 4.</summary>
    [Range(1, 64)]
    public int DiscoveryParallelism { get; init; } = 4;
}
