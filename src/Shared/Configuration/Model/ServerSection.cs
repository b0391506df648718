namespace McpPlatform.Configuration.Model;

/// <summary>A server of the configuration: as POST /api/v1/servers takes it.</summary>
public sealed record ServerSection
{
    [Member("What people call it; without it the slug.")]
    public string? Title { get; init; }

    [Member("How it is spoken to. Default: stdio with a launcher, else http.", OneOf = ["http", "sse", "stdio"])]
    public string? Transport { get; init; }

    [Member("Its address, for http and sse; or endpoints.", Form = Form.Url, Example = "https://mcp.example.com/mcp")]
    public string? Url { get; init; }

    [Member("Instead of url: several places at which it answers.", MostEntries = 32)]
    public IReadOnlyList<EndpointSection>? Endpoints { get; init; }

    [Member("How calls are spread over several places.")]
    public BalancingSection? Balancing { get; init; }

    [Member("For stdio: the name of a launcher of the gateway.", Form = Form.Slug)]
    public string? Launcher { get; init; }

    [Member("Headers for http and sse, credentials among them; never readable back.", Names = Form.HeaderName, Form = Form.HeaderValue, IsSecret = true, MostEntries = 32, Example = "{ Authorization: \"Bearer ${GITHUB_TOKEN}\" }")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [Member("Values for the launcher's variables; never readable back.", Names = Form.VariableName, Form = Form.Lines, IsSecret = true, MostEntries = 32)]
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    [Member("Lets it live on a loopback, private or link-local address. Default false.")]
    public bool AllowPrivateAddress { get; init; }

    [Member("Which environment it belongs to, for rules that name environments.", Form = Form.Slug, Example = "production")]
    public string? Environment { get; init; }

    [Member("Words to find it by, and for rules.", Form = Form.Slug, MostEntries = 32)]
    public IReadOnlyList<string>? Tags { get; init; }

    [Member("Whether it is listed and callable. Default true.")]
    public bool Enabled { get; init; } = true;

    [Member("Instead of the gateway's own, in milliseconds.")]
    public TimeoutsSection? Timeouts { get; init; }

    [Member("Most attempts at one call; 1 = never retried.", Least = 1, Most = 10)]
    public int? MaxAttempts { get; init; }

    [Member("For stdio, who shares a process. Default tenant.", OneOf = ["call", "session", "principal", "tenant", "shared"])]
    public string? Scope { get; init; }

    [Member("For stdio: how long a process may stand idle before it is stopped.", Least = 1000, Most = 604_800_000)]
    public int? IdleStopMs { get; init; }

    [Member("For stdio: most processes at once.", Least = 1, Most = 10_000)]
    public int? MaxInstances { get; init; }

    [Member("Calls per second of all callers, all gateways together.")]
    public RateSection? RateLimit { get; init; }

    [Member("The same for single tools, by the server's own name of them.")]
    public IReadOnlyDictionary<string, RateSection>? ToolRateLimits { get; init; }

    [Member("Calls under way at once at each gateway; further ones wait their turn.", Least = 1, Most = 100_000)]
    public int? MaxConcurrency { get; init; }

    [Member("Tools whose results gateways may keep.")]
    public CacheSection? Cache { get; init; }

    [Member("What becomes of definitions that change: taken at once, or withheld until somebody accepts them. Without it as the operator's option says.", OneOf = ["auto", "quarantine"])]
    public string? Definitions { get; init; }

    [Member("Under quarantine: whether what is there at first is accepted. Default true.")]
    public bool? TrustOnFirstUse { get; init; }

    /// <summary>As the registry calls it.</summary>
    public string EffectiveTransport => Transport ?? (Launcher is null ? "http" : "stdio");
}

/// <summary>Which tools' results may be kept.</summary>
public sealed record CacheSection
{
    [Member("The server's own names of them, or patterns with * for tools that read only.", IsRequired = true)]
    public IReadOnlyList<string> Tools { get; init; } = [];

    [Member("How long a result is good for, in milliseconds.", Least = 1, Most = 86_400_000, IsRequired = true)]
    public int TtlMs { get; init; }

    [Member("For whom: whoever asked, or everybody of the tenant who may call the tool. Default principal.", OneOf = ["principal", "tenant"])]
    public string? Scope { get; init; }
}

/// <summary>One place at which a server answers.</summary>
public sealed record EndpointSection
{
    [Member("Its address.", Form = Form.Url, IsRequired = true)]
    public string Url { get; init; } = "";

    [Member("Its share against the others. Default 1.", Least = 1, Most = 100)]
    public int Weight { get; init; } = 1;
}

/// <summary>How calls are spread.</summary>
public sealed record BalancingSection
{
    [Member("By which rule.", OneOf = ["round_robin", "least_connections", "random", "weighted_random", "consistent_hash", "peak_ewma"], IsRequired = true)]
    public string Algorithm { get; init; } = "";

    [Member("For consistent_hash: session, principal or argument:NAME.")]
    public string? HashOn { get; init; }
}
