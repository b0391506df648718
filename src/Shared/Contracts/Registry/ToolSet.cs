using System.Text.Json;

namespace McpPlatform.Contracts.Registry;

/// <summary>A tool set (virtual server) of a tenant, as gateways serve it at <c>/mcp/sets/{slug}</c>.</summary>
/// <param name="Slug">Unique in its tenant; unrelated to slugs of servers.</param>
/// <param name="Version">Grows with every change.</param>
public sealed record ToolSetEntry(Guid SetId, Guid TenantId, string Slug, int Version, ToolSetTerms Terms);

/// <summary>What a tool set is. What it names need not exist (yet).</summary>
/// <param name="Title">Shown to people.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Instructions">For the model, when a client opens the set; null = none.</param>
/// <param name="Members">What it holds: the union of all.</param>
/// <param name="Overrides">What single items are called and say of themselves here.</param>
/// <param name="Exclude">Patterns <c>server/name</c> of what it does not hold, whatever members say.</param>
/// <param name="Naming">
/// What tools and prompts are called that have no name of their own here: <see cref="ToolSetNaming.Qualified"/> (<c>server__name</c>, as on the endpoint of all servers, so that a name never
/// moves to another item), or <see cref="ToolSetNaming.Own"/> (the server's own name where only one item wants it, else qualified).
/// </param>
/// <param name="Disclosure">Whether clients find tools by searching instead of reading all definitions: one of <see cref="ToolSetDisclosure"/>.</param>
/// <param name="Pinned">Patterns <c>server/name</c> of tools that are listed all the same when tools are found by searching.</param>
/// <param name="Enabled">False: there is no such endpoint.</param>
public sealed record ToolSetTerms(
    string Title,
    string Description,
    string? Instructions,
    IReadOnlyList<SetMember> Members,
    IReadOnlyList<SetOverride>? Overrides = null,
    IReadOnlyList<string>? Exclude = null,
    string Naming = ToolSetNaming.Qualified,
    string Disclosure = ToolSetDisclosure.Off,
    IReadOnlyList<string>? Pinned = null,
    bool Enabled = true)
{
    /// <summary>Most arguments that one override can fix: what a call is changed by is written in one go.</summary>
    public const int MaxFixedArguments = 30;

    /// <summary>Whether the set holds an item.</summary>
    /// <param name="kind">One of <see cref="SetItemKinds"/>.</param>
    /// <param name="name">The server's own name of it, its URI or its URI template.</param>
    public bool Holds(string server, IReadOnlyList<string> tags, string kind, string name)
    {
        foreach (var member in Members)
        {
            if (member.Covers(server, tags) && member.Covers(kind, name))
            {
                return !IsIn(Exclude, server, name);
            }
        }

        return false;
    }

    /// <summary>Whether a tool is listed however tools are found.</summary>
    public bool IsPinned(string server, string name) => IsIn(Pinned, server, name);

    private static bool IsIn(IReadOnlyList<string>? patterns, string server, string name)
    {
        foreach (var pattern in patterns ?? [])
        {
            if (NamePattern.MatchesItem(pattern, server, name))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Servers, and which of their items. <c>*</c> stands for any text.</summary>
/// <param name="Server">Slug, or a pattern; null = any that has the tag.</param>
/// <param name="Tag">Only servers with this tag; null = all that <paramref name="Server"/> names. One of both is there.</param>
/// <param name="Tools">Patterns of their own names of tools.</param>
/// <param name="Prompts">The same of prompts.</param>
/// <param name="Resources">Patterns of URIs and URI templates. When all three lists are null, everything of the servers is meant; else a list that is null means nothing of that kind.</param>
public sealed record SetMember(
    string? Server = null, string? Tag = null, IReadOnlyList<string>? Tools = null, IReadOnlyList<string>? Prompts = null, IReadOnlyList<string>? Resources = null)
{
    /// <summary>Whether it is about a server.</summary>
    public bool Covers(string server, IReadOnlyList<string> tags) =>
        (Server is null ? Tag is not null : NamePattern.Matches(Server, server)) && (Tag is null || tags.Contains(Tag, StringComparer.Ordinal));

    /// <summary>Whether it means an item of a server that it is about.</summary>
    public bool Covers(string kind, string name)
    {
        if (this is { Tools: null, Prompts: null, Resources: null })
        {
            return true;
        }

        foreach (var pattern in PatternsOf(kind) ?? [])
        {
            if (NamePattern.Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The list for a kind of item.</summary>
    public IReadOnlyList<string>? PatternsOf(string kind) => kind switch
    {
        SetItemKinds.Tool => Tools,
        SetItemKinds.Prompt => Prompts,
        _ => Resources,
    };
}

/// <summary>What an item of a server is called in a set, and says of itself there. Null leaves a member as its server has it.</summary>
/// <param name="Server">Slug; no pattern.</param>
/// <param name="Name">The server's own name, URI or URI template.</param>
/// <param name="Kind">One of <see cref="SetItemKinds"/>.</param>
/// <param name="Rename">Its name in the set; of a resource the name that people see, since it is asked for by its URI.</param>
/// <param name="Annotations">An object: its members take the place of the server's; one that is null takes it away.</param>
/// <param name="Arguments">Fixed arguments of a tool or prompt: sent with every call, and nothing that a client sees, sends or changes. No place for secrets: who may read the set reads them.</param>
public sealed record SetOverride(
    string Server,
    string Name,
    string Kind = SetItemKinds.Tool,
    string? Rename = null,
    string? Title = null,
    string? Description = null,
    JsonElement? Annotations = null,
    IReadOnlyDictionary<string, JsonElement>? Arguments = null);

/// <summary>What sets hold.</summary>
public static class SetItemKinds
{
    public const string Tool = "tool";
    public const string Prompt = "prompt";

    /// <summary>Resources and resource templates.</summary>
    public const string Resource = "resource";
}

/// <summary>How items are called in a set that have no name of their own there.</summary>
public static class ToolSetNaming
{
    public const string Qualified = "qualified";
    public const string Own = "own";
}

/// <summary>Whether clients of a set find its tools by searching.</summary>
public static class ToolSetDisclosure
{
    /// <summary>All definitions are listed.</summary>
    public const string Off = "off";

    /// <summary>Pinned definitions are listed, and three tools to search for others, read about them and call them.</summary>
    public const string On = "on";

    /// <summary>On for callers for whom that is less to read, by the sizes of the definitions that they see.</summary>
    public const string Auto = "auto";
}
