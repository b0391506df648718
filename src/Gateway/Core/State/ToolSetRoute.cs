using System.Collections.Frozen;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Disclosure;

namespace McpPlatform.Gateway.State;

/// <summary>
/// One tool set of a tenant: what it holds of the servers as they are now, under the names and with the words that it gives them, ready to be listed and called. Made anew whenever the set
/// or one of the servers that it may hold something of changes; what it says nothing of is the servers' own, and held once.
/// </summary>
public sealed class ToolSetRoute
{
    private static readonly FrozenSet<string> NothingReserved = FrozenSet<string>.Empty;

    private readonly ServerRoute[] _members;

    /// <param name="members">Those that it may hold something of, by slug.</param>
    private ToolSetRoute(ToolSetEntry entry, ServerRoute[] members, SetMemory memory)
    {
        var heldBefore = memory.Held;
        (Entry, _members, Slug, Instructions) = (entry, members, entry.Slug, entry.Terms.Instructions);
        var terms = entry.Terms;
        var (tools, prompts) = (new List<ToolRoute>(), new List<OfferedRoute>());
        var (resources, templates) = (new List<OfferedRoute>(), new List<OfferedRoute>());
        foreach (var server in members)
        {
            tools.AddRange(server.Tools.Where(tool => Holds(server, SetItemKinds.Tool, tool.Name)));
            prompts.AddRange(server.Prompts.Where(prompt => Holds(server, SetItemKinds.Prompt, prompt.Name)));
            resources.AddRange(server.Resources.Where(resource => Holds(server, SetItemKinds.Resource, resource.Name)));
            templates.AddRange(server.ResourceTemplates.Where(template => Holds(server, SetItemKinds.Resource, template.Name)));
        }

        // The first that is said of an item holds.
        var overrides = new Dictionary<(string Server, string Kind, string Name), SetOverride>();
        foreach (var change in terms.Overrides ?? [])
        {
            overrides.TryAdd((change.Server, change.Kind, change.Name), change);
        }

        Disclosure = terms.Disclosure;
        var searched = Discloses ? SetMemory.OfSearch(members, tools.Where(tool => OverrideOf(tool, SetItemKinds.Tool) is not null)) : 0;
        IsLeftOut = !memory.TryTake((SetMemory.PerItem * ((long)tools.Count + prompts.Count + resources.Count + templates.Count)) + searched);
        if (IsLeftOut)
        {
            (tools, prompts, resources, templates) = ([], [], [], []);
        }

        var isOwn = terms.Naming == ToolSetNaming.Own;
        var names = SetNames.Of([.. tools.Select(tool => (tool.Server.Slug, tool.Name, OverrideOf(tool, SetItemKinds.Tool)?.Rename))], isOwn, Discloses ? MetaTools.Names : NothingReserved);
        Tools = [.. tools.Zip(names).Where(item => item.Second is not null)
            .Select(item => item.First.InSet(item.Second!, OverrideOf(item.First, SetItemKinds.Tool), terms.IsPinned(item.First.Server.Slug, item.First.Name), memory))
            .OrderBy(tool => tool.Aggregated, StringComparer.Ordinal)];
        ByName = Tools.ToFrozenDictionary(tool => tool.Aggregated, StringComparer.Ordinal);
        Pinned = Array.FindAll(Tools, tool => tool.IsPinned);
        names = SetNames.Of([.. prompts.Select(prompt => (prompt.Server.Slug, prompt.Name, OverrideOf(prompt, SetItemKinds.Prompt)?.Rename))], isOwn, NothingReserved);
        Prompts = [.. prompts.Zip(names).Where(item => item.Second is not null)
            .Select(item => item.First.InSet(item.Second, OverrideOf(item.First, SetItemKinds.Prompt), memory))
            .OrderBy(prompt => prompt.Aggregated, StringComparer.Ordinal)];
        PromptsByName = Prompts.ToFrozenDictionary(prompt => prompt.Aggregated, StringComparer.Ordinal);
        (Resources, ResourceTemplates) = (ByUri(resources), ByUri(templates));
        (ToolsHash, PromptsHash, ResourcesHash) = (HashOf(Tools), HashOf(Prompts), HashOf([.. Resources, .. ResourceTemplates]));
        Search = Discloses ? ToolSearch.Of(Tools) : null;
        Holding = memory.Held - heldBefore;

        bool Holds(ServerRoute server, string kind, string name) => terms.Holds(server.Slug, server.Entry.Tags, kind, name);

        SetOverride? OverrideOf(IListed item, string kind) => overrides.GetValueOrDefault((item.Server.Slug, kind, item.Name));

        SetOffer[] ByUri(List<OfferedRoute> items) => [.. items
            .Select(item => item.InSet(null, OverrideOf(item, SetItemKinds.Resource), memory))
            .OrderBy(item => item.Name, StringComparer.Ordinal).ThenBy(item => item.Server.Slug, StringComparer.Ordinal)];
    }

    /// <summary>A set as servers are now; the last one itself where it says the same and all that it may hold are the same objects, so that what it leads to is never a server of another state.</summary>
    /// <param name="servers">All of the tenant, by slug.</param>
    /// <param name="before">The same set in the last state.</param>
    /// <param name="memory">What the tenant's sets may hold yet.</param>
    internal static ToolSetRoute Of(ToolSetEntry entry, IEnumerable<ServerRoute> servers, ToolSetRoute? before, SetMemory memory)
    {
        ServerRoute[] members = [.. servers.Where(server => entry.Terms.Members.Any(member => member.Covers(server.Slug, server.Entry.Tags)))];
        return before is not null && SameTerms.Of(before.Entry, entry) && before._members.AsSpan().SequenceEqual(members) && memory.TryTake(before.Holding) ? before : new ToolSetRoute(entry, members, memory);
    }

    /// <summary>What it holds of its own, in bytes: definitions that are otherwise than the servers', and its lists.</summary>
    internal long Holding { get; }

    /// <summary>The tenant's sets hold as much as they may without it: it is not served.</summary>
    internal bool IsLeftOut { get; }

    /// <summary>What it was made of.</summary>
    internal ToolSetEntry Entry { get; }

    public string Slug { get; }

    /// <summary>For the model; null = none.</summary>
    public string? Instructions { get; }

    /// <summary>One of <see cref="ToolSetDisclosure"/>.</summary>
    public string Disclosure { get; }

    /// <summary>Whether its tools can be searched for.</summary>
    public bool Discloses => Disclosure is ToolSetDisclosure.On or ToolSetDisclosure.Auto;

    /// <summary>By name in the set, ordinal.</summary>
    public SetTool[] Tools { get; }

    /// <summary>By name in the set.</summary>
    public FrozenDictionary<string, SetTool> ByName { get; }

    /// <summary>Those of <see cref="Tools"/> that are always listed.</summary>
    public SetTool[] Pinned { get; }

    /// <summary>By name in the set, ordinal.</summary>
    public SetOffer[] Prompts { get; }

    public FrozenDictionary<string, SetOffer> PromptsByName { get; }

    /// <summary>By URI and then slug, ordinal: servers may well have the same one.</summary>
    public SetOffer[] Resources { get; }

    /// <summary>The same of templates.</summary>
    public SetOffer[] ResourceTemplates { get; }

    /// <summary>Differs when what clients see of the tools does.</summary>
    public ulong ToolsHash { get; }

    public ulong PromptsHash { get; }

    public ulong ResourcesHash { get; }

    /// <summary>Null where tools are not searched for.</summary>
    public ToolSearch? Search { get; }

    /// <summary>Whether it shows something of a server.</summary>
    public bool Has(Guid serverId) =>
        Array.Exists(Tools, tool => tool.Server.ServerId == serverId)
        || Array.Exists(Prompts, item => item.Server.ServerId == serverId)
        || Array.Exists(Resources, item => item.Server.ServerId == serverId) || Array.Exists(ResourceTemplates, item => item.Server.ServerId == serverId);

    private static ulong HashOf(IEnumerable<IListed> items) => items.Aggregate(14695981039346656037UL, (hash, item) =>
        ((hash ^ (item is SetTool tool ? tool.Seen : ((SetOffer)item).Seen)) * 1099511628211UL) + (ulong)(item.OnlyIn is { } era ? (int)era + 1 : 0) + ((ulong)item.Needs << 8)
        + (item is SetTool { IsPinned: true } ? 1UL << 32 : 0));
}
