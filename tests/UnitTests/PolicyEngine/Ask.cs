using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.PolicyEngine;

namespace McpPlatform.UnitTests.PolicyEngine;

/// <summary>A request as plain values, with defaults that every test can rely on.</summary>
internal sealed record Ask
{
    public string[] Roles { get; init; } = ["dev"];

    public string[] Scopes { get; init; } = [];

    public string Subject { get; init; } = "ann";

    public string? Level { get; init; }

    public string? KeyId { get; init; }

    public string Action { get; init; } = "tools:call";

    public TargetKind Kind { get; init; } = TargetKind.Tool;

    public string Server { get; init; } = "github";

    public string Name { get; init; } = "list_issues";

    public string? Environment { get; init; }

    public DateTimeOffset Time { get; init; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public IPAddress? Address { get; init; } = IPAddress.Loopback;

    public JsonObject? Arguments { get; init; }

    /// <summary>Arguments as raw bytes, where JSON that no writer makes is the point.</summary>
    public string? RawArguments { get; init; }

    public PrincipalInfo Principal =>
        new("acme", Subject, Roles, Scopes, KeyId, Level is null ? null : new Dictionary<string, string> { ["level"] = Level });

    public Decision Of(CompiledPolicy policy) => policy.Decide(Request(policy));

    public bool ListedBy(CompiledPolicy policy) => policy.CouldAllow(Request(policy));

    public Explanation ExplainedBy(CompiledPolicy policy) => policy.Explain(Request(policy));

    public AccessRequest Request(CompiledPolicy policy) => new()
    {
        Principal = policy.Resolve(Principal),
        Action = Action,
        Kind = Kind,
        Server = Kind == TargetKind.Platform ? null : Server,
        Name = Name,
        Environment = Environment,
        Method = "tools/call",
        Time = Time,
        Address = Address,
        Arguments = RawArguments is not null ? Encoding.UTF8.GetBytes(RawArguments) : Arguments is not null ? Encoding.UTF8.GetBytes(Arguments.ToJsonString()) : [],
    };
}
