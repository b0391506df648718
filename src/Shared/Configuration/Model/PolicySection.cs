using System.Text.Json.Nodes;

namespace McpPlatform.Configuration.Model;

/// <summary>A role of the configuration: as POST /api/v1/policies takes it.</summary>
public sealed record PolicySection
{
    [Member("What it is for.")]
    public string? Description { get; init; }

    [Member("Its rules. Deny outranks require_approval outranks allow; what no rule allows is denied.", MostEntries = 500, IsRequired = true)]
    public IReadOnlyList<RuleSection> Grants { get; init; } = [];
}

/// <summary>One rule.</summary>
public sealed record RuleSection
{
    [Member("Unique in its role.", IsRequired = true)]
    public string Id { get; init; } = "";

    [Member("What it does.", OneOf = ["allow", "deny", "require_approval"], IsRequired = true)]
    public string Effect { get; init; } = "";

    [Member("What is done: tools:call, tools:*, resources:read, servers:write, …", IsRequired = true, MostEntries = 64, Example = "[\"tools:*\"]")]
    public IReadOnlyList<string> Actions { get; init; } = [];

    [Member("What it is done to: tool:SERVER/TOOL with *, platform for management.", IsRequired = true, MostEntries = 64, Example = "[\"tool:github/*\"]")]
    public IReadOnlyList<string> Resources { get; init; } = [];

    [Member("Only servers of these environments; without it all of them.", MostEntries = 64)]
    public IReadOnlyList<string>? Environments { get; init; }

    [Member("All of which must hold.", MostEntries = 16)]
    public IReadOnlyList<ConditionSection>? Conditions { get; init; }

    [Member("What it is for.")]
    public string? Description { get; init; }
}

/// <summary>One comparison.</summary>
public sealed record ConditionSection
{
    [Member("principal.…, request.… or arguments.…", IsRequired = true, Example = "arguments.path")]
    public string Attribute { get; init; } = "";

    [Member("How it compares.", OneOf = ["eq", "neq", "lt", "lte", "gt", "gte", "in", "nin"], IsRequired = true)]
    public string Operator { get; init; } = "";

    [Member("With what: a text, a number, true or false; a list of them for in and nin.", IsRequired = true)]
    public JsonNode? Value { get; init; }
}
