namespace McpPlatform.Configuration.Model;

/// <summary>
/// Everything that a configuration may declare. The members with what is said of them are the one source of what is read, of the JSON Schema and of the
/// reference in docs/configuration.md.
/// </summary>
public sealed record PlatformConfiguration
{
    [Member("The MCP servers that there are to call, by slug.", Names = Form.Slug)]
    public IReadOnlyDictionary<string, ServerSection> Servers { get; init; } = new Dictionary<string, ServerSection>();

    [Member("Roles with their rules, by name. Keys hold them; what no role allows is denied.", Names = Form.RoleName)]
    public IReadOnlyDictionary<string, PolicySection> Policies { get; init; } = new Dictionary<string, PolicySection>();

    [Member("Intents, and the tools that carry them out.")]
    public IReadOnlyList<RouteSection> Routes { get; init; } = [];

    [Member("Virtual servers at /mcp/sets/NAME, by slug: chosen tools, prompts and resources of several servers.", Names = Form.Slug)]
    public IReadOnlyDictionary<string, ToolSetSection> ToolSets { get; init; } = new Dictionary<string, ToolSetSection>();

    [Member("How much is let through.")]
    public LimitsSection? Limits { get; init; }

    [Member("The commands that stdio servers may run, by name. They stay on the gateway that reads the file, and never go over the network; ${NAME} in them is a variable that a server gives a value for.", Names = Form.LauncherName, IsVerbatim = true)]
    public IReadOnlyDictionary<string, LauncherSection> Launchers { get; init; } = new Dictionary<string, LauncherSection>();
}

/// <summary>Limits beyond those of single servers.</summary>
public sealed record LimitsSection
{
    [Member("Calls of the tenant under way at once at each gateway; without it as the gateway's option says.", Least = 1, Most = 100_000)]
    public int? MaxConcurrency { get; init; }

    [Member("What every server of this file has that says nothing itself.")]
    public ServerDefaults? PerServer { get; init; }
}

/// <summary>What servers have that say nothing themselves.</summary>
public sealed record ServerDefaults
{
    [Member("Calls per second of all callers of a server, all gateways together.")]
    public RateSection? RateLimit { get; init; }

    [Member("Calls of a server under way at once at each gateway; further ones wait their turn.", Least = 1, Most = 100_000)]
    public int? MaxConcurrency { get; init; }

    [Member("Most attempts at one call; 1 = never retried.", Least = 1, Most = 10)]
    public int? MaxAttempts { get; init; }

    [Member("Instead of the gateway's own, in milliseconds.")]
    public TimeoutsSection? Timeouts { get; init; }
}

/// <summary>A rate.</summary>
public sealed record RateSection
{
    [Member("Calls per second.", Least = 0.01, Most = 1_000_000, IsRequired = true)]
    public double Rate { get; init; }

    [Member("Calls at once after a pause; without it a second's worth.", Least = 1, Most = 1_000_000)]
    public int? Burst { get; init; }
}

/// <summary>Time limits.</summary>
public sealed record TimeoutsSection
{
    [Member("To connect.", Least = 100, Most = 60_000)]
    public int? ConnectMs { get; init; }

    [Member("Until the answer's headers.", Least = 100, Most = 3_600_000)]
    public int? HeadersMs { get; init; }

    [Member("Until the answer's first byte.", Least = 100, Most = 3_600_000)]
    public int? FirstByteMs { get; init; }

    [Member("Between two parts of an answer.", Least = 100, Most = 3_600_000)]
    public int? IdleMs { get; init; }

    [Member("For the whole call.", Least = 100, Most = 86_400_000)]
    public int? TotalMs { get; init; }
}

/// <summary>A way to start a stdio server.</summary>
public sealed record LauncherSection
{
    [Member("A program: a path, or a name looked up on PATH. Never a shell line.", IsRequired = true, Form = Form.Lines, IsVerbatim = true, Example = "npx")]
    public string Command { get; init; } = "";

    [Member("Its arguments.", Form = Form.Lines, IsVerbatim = true)]
    public IReadOnlyList<string> Args { get; init; } = [];

    [Member("Names of the variables that a server may give values for.", Form = Form.VariableName, IsVerbatim = true)]
    public IReadOnlyList<string> Variables { get; init; } = [];

    [Member("Set in the process's environment.", Names = Form.VariableName, Form = Form.Lines, IsVerbatim = true)]
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    [Member("Where it runs; without it where the gateway does.", IsVerbatim = true)]
    public string? Folder { get; init; }

    [Member("Whether one process may serve several tenants. Default false: only you know that it keeps nothing of one that another could see.")]
    public bool Shareable { get; init; }
}
