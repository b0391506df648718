using System.Text.Json.Nodes;

namespace McpPlatform.Configuration.Model;

/// <summary>A tool set of the configuration: as POST /api/v1/tool-sets takes it.</summary>
public sealed record ToolSetSection
{
    [Member("Shown to people; without it the slug.")]
    public string? Title { get; init; }

    [Member("What it is for.", Form = Form.Lines)]
    public string? Description { get; init; }

    [Member("For the model, when a client opens the set.", Form = Form.Lines)]
    public string? Instructions { get; init; }

    [Member("What it holds: the union of all. What they name need not be in this file, nor exist yet.", IsRequired = true, MostEntries = 100)]
    public IReadOnlyList<SetMemberSection> Members { get; init; } = [];

    [Member("Patterns server/name of what it does not hold, whatever members say.", MostEntries = 500, IsUri = true)]
    public IReadOnlyList<string>? Exclude { get; init; }

    [Member("What single items are called and say of themselves here.", MostEntries = 1000)]
    public IReadOnlyList<SetOverrideSection>? Overrides { get; init; }

    [Member("What tools and prompts are called that no override renames: qualified (server__name, the default), or own (the server's own name where only one item of the set wants it).", OneOf = ["qualified", "own"])]
    public string? Naming { get; init; }

    [Member("Whether clients find tools by searching instead of reading all definitions. Default off; auto: whichever is less to read.", OneOf = ["off", "on", "auto"])]
    public string? Disclosure { get; init; }

    [Member("Patterns server/name of tools that are listed all the same when tools are found by searching.", MostEntries = 500, IsUri = true)]
    public IReadOnlyList<string>? Pinned { get; init; }

    [Member("Whether there is such an endpoint. Default true.")]
    public bool Enabled { get; init; } = true;
}

/// <summary>Servers, and which of their items.</summary>
public sealed record SetMemberSection
{
    [Member("Slug of a server, or a pattern: * stands for any text.", Form = Form.SlugPattern)]
    public string? Server { get; init; }

    [Member("Only servers that have this tag. One of server and tag is there; with both, both must fit.", Form = Form.Slug)]
    public string? Tag { get; init; }

    [Member("Patterns of the servers' own names of tools. Without tools, prompts and resources everything of the servers is meant.", MostEntries = 500)]
    public IReadOnlyList<string>? Tools { get; init; }

    [Member("Patterns of the servers' own names of prompts.", MostEntries = 500)]
    public IReadOnlyList<string>? Prompts { get; init; }

    [Member("Patterns of URIs and URI templates. Here file: begins a URI.", MostEntries = 500, IsUri = true)]
    public IReadOnlyList<string>? Resources { get; init; }
}

/// <summary>What one item is called and says of itself in a set.</summary>
public sealed record SetOverrideSection
{
    [Member("Slug of its server.", Form = Form.Slug, IsRequired = true)]
    public string Server { get; init; } = "";

    [Member("The server's own name of it, its URI or its URI template.", IsRequired = true, IsUri = true)]
    public string Name { get; init; } = "";

    [Member("What it is. Default tool.", OneOf = ["tool", "prompt", "resource"])]
    public string? Kind { get; init; }

    [Member("Its name in the set; of a resource the name that people see.")]
    public string? Rename { get; init; }

    [Member("Instead of the server's.", Form = Form.Lines)]
    public string? Title { get; init; }

    [Member("Instead of the server's.", Form = Form.Lines)]
    public string? Description { get; init; }

    [Member("Take the place of the server's; one that is null takes it away.")]
    public JsonObject? Annotations { get; init; }

    [Member("Fixed arguments: sent with every call, and nothing that a client sees, sends or changes. No place for secrets: who may read the set reads them.")]
    public JsonObject? Arguments { get; init; }
}
