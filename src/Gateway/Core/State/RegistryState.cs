using System.Collections.Frozen;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Intents;
using McpPlatform.Gateway.Limits;

namespace McpPlatform.Gateway.State;

/// <summary>The registry's snapshot, compiled: per tenant, what there is to call.</summary>
public sealed class RegistryState
{
    private readonly FrozenDictionary<Guid, IntentTable> _intents;

    private RegistryState(long version, DateTimeOffset generatedAt, FrozenDictionary<Guid, TenantRoutes> tenants, FrozenDictionary<Guid, IntentTable> intents, string? vectorSpace)
    {
        (Version, GeneratedAt, Tenants, _intents, VectorSpace) = (version, generatedAt, tenants, intents, vectorSpace);
        ServerCount = tenants.Values.Sum(tenant => tenant.Servers.Count);
    }

    /// <summary>Before the first snapshot: nothing.</summary>
    public static RegistryState Empty { get; } = new(-1, default, FrozenDictionary<Guid, TenantRoutes>.Empty, FrozenDictionary<Guid, IntentTable>.Empty, null);

    /// <summary>-1 before the first snapshot.</summary>
    public long Version { get; }

    public DateTimeOffset GeneratedAt { get; }

    public int ServerCount { get; }

    /// <summary>What a query's vector must be of to be compared with those of tools; null = no tool has one.</summary>
    public string? VectorSpace { get; }

    public FrozenDictionary<Guid, TenantRoutes> Tenants { get; }

    /// <summary>Compiles a snapshot. Servers that are not enabled are not in it.</summary>
    /// <param name="previous">Servers that were there before keep what is known of them: budgets, what is left of rates.</param>
    /// <param name="limits">For servers that have none of their own; null = the usual.</param>
    /// <param name="time">For rates that change; null = the system's.</param>
    public static RegistryState Compile(RegistrySnapshot snapshot, RegistryState previous, LimitDefaults? limits = null, TimeProvider? time = null)
    {
        var rules = new LimitRules(limits ?? LimitDefaults.Default, time ?? TimeProvider.System);
        var sets = (snapshot.ToolSets ?? []).Where(set => set.Terms.Enabled).ToLookup(set => set.TenantId);
        var tenants = snapshot.Servers
            .Where(server => server.Enabled)
            .GroupBy(server => server.TenantId)
            .ToFrozenDictionary(group => group.Key, group => new TenantRoutes(group, sets[group.Key], previous.RoutesOf(group.Key), rules));
        return new RegistryState(snapshot.Version, snapshot.GeneratedAt, tenants, IntentTable.Compile(snapshot), snapshot.VectorSpace);
    }

    /// <summary>The same with other lists of one server; null when there is no such server.</summary>
    internal RegistryState? With(Guid tenantId, Guid serverId, IReadOnlyList<ToolDefinition> tools, ServerOffer offer, LimitRules rules)
    {
        if (!RoutesOf(tenantId).ById.TryGetValue(serverId, out var known))
        {
            return null;
        }

        // A server does not send vectors; those of definitions that are still the same are known.
        tools = [.. tools.Select(tool => known.ByName.GetValueOrDefault(tool.Name) is { Vector: { } vector } same && same.Hash == tool.Hash ? tool with { Vector = vector.Numbers } : tool)];
        var changed = new ServerRoute(known.Entry with { Tools = tools, Offer = offer }, known, rules);
        var before = RoutesOf(tenantId);
        var routes = new TenantRoutes(before.Servers.Values.Select(server => server.ServerId == serverId ? changed : server), before.SetEntries, before, rules.SetMemory());
        return new RegistryState(Version, GeneratedAt, Tenants.Select(tenant => tenant.Key == tenantId ? new(tenantId, routes) : tenant).ToFrozenDictionary(), _intents, VectorSpace);
    }

    /// <summary>What a tenant's callers can ask for by intent.</summary>
    public IntentTable IntentsOf(Guid tenantId) => _intents.GetValueOrDefault(tenantId, IntentTable.None);

    /// <summary>What a tenant can call; empty for a tenant without servers.</summary>
    public TenantRoutes RoutesOf(Guid tenantId) => Tenants.TryGetValue(tenantId, out var routes) ? routes : TenantRoutes.None;
}

/// <summary>The servers of one tenant, and all their tools under one roof.</summary>
public sealed class TenantRoutes
{
    /// <summary>As a snapshot says. A server of which it says the same as the last one is the same object, and so is each set of such servers.</summary>
    internal TenantRoutes(IEnumerable<ServerEntry> servers, IEnumerable<ToolSetEntry> sets, TenantRoutes? previous, LimitRules rules)
        : this(KnownServers.Of(servers, previous, rules), sets, previous, rules.SetMemory())
    {
    }

    internal TenantRoutes(IEnumerable<ServerRoute> servers, IEnumerable<ToolSetEntry> sets, TenantRoutes? previous, SetMemory memory)
    {
        Servers = servers.ToFrozenDictionary(server => server.Slug, StringComparer.Ordinal);
        ById = Servers.Values.ToFrozenDictionary(server => server.ServerId);
        var ordered = Servers.Values.OrderBy(server => server.Slug, StringComparer.Ordinal).ToList();
        Tools = Named(ordered.SelectMany(server => server.Tools), (tool, name) => tool.Rename(name));
        ByName = Tools.ToFrozenDictionary(tool => tool.Aggregated, StringComparer.Ordinal);
        Prompts = Named(ordered.SelectMany(server => server.Prompts), (prompt, name) => prompt.Rename(name));
        PromptsByName = Prompts.ToFrozenDictionary(prompt => prompt.Aggregated, StringComparer.Ordinal);
        Resources = ByUri(server => server.Resources);
        ResourceTemplates = ByUri(server => server.ResourceTemplates);
        var all = sets.OrderBy(set => set.Slug, StringComparer.Ordinal).Select(set => ToolSetRoute.Of(set, ordered, previous?.Sets.GetValueOrDefault(set.Slug), memory)).ToList();
        Sets = all.Where(set => !set.IsLeftOut).ToFrozenDictionary(set => set.Slug, StringComparer.Ordinal);
        SetEntries = [.. all.Select(set => set.Entry)];
        SetsLeftOut = [.. all.Where(set => set.IsLeftOut).Select(set => set.Slug)];
    }

    public static TenantRoutes None { get; } = new([], [], null, SetMemory.Unlimited);

    /// <summary>By slug.</summary>
    public FrozenDictionary<string, ServerRoute> Servers { get; }

    public FrozenDictionary<Guid, ServerRoute> ById { get; }

    /// <summary>All tools of all servers, by aggregated name, ordinal.</summary>
    public ToolRoute[] Tools { get; }

    /// <summary>By aggregated name.</summary>
    public FrozenDictionary<string, ToolRoute> ByName { get; }

    /// <summary>All prompts of all servers, by aggregated name, ordinal.</summary>
    public OfferedRoute[] Prompts { get; }

    /// <summary>By aggregated name.</summary>
    public FrozenDictionary<string, OfferedRoute> PromptsByName { get; }

    /// <summary>All resources of all servers, by URI and then slug, ordinal: servers may well have the same one.</summary>
    public OfferedRoute[] Resources { get; }

    /// <summary>The same of templates.</summary>
    public OfferedRoute[] ResourceTemplates { get; }

    /// <summary>Tool sets by slug.</summary>
    public FrozenDictionary<string, ToolSetRoute> Sets { get; }

    /// <summary>What the snapshot says of all sets, those that are left out too.</summary>
    internal IReadOnlyList<ToolSetEntry> SetEntries { get; }

    /// <summary>Slugs of sets that are not served, since the others hold as much as the tenant's may.</summary>
    internal string[] SetsLeftOut { get; }

    /// <summary>By name, ordinal. Names that items have already are left alone: what rules now may hold the same items.</summary>
    private static T[] Named<T>(IEnumerable<T> items, Action<T, string> rename)
        where T : IListed
    {
        var all = items.ToList();
        var names = SetNames.Of([.. all.Select(item => (item.Server.Slug, item.Name, (string?)null))], ownNames: false);
        for (var index = 0; index < names.Length; index++)
        {
            if (names[index] is { } name && name != all[index].Aggregated)
            {
                rename(all[index], name);
            }
        }

        return [.. all.Where((_, index) => names[index] is not null).OrderBy(item => item.Aggregated, StringComparer.Ordinal)];
    }

    private OfferedRoute[] ByUri(Func<ServerRoute, OfferedRoute[]> of) =>
        [.. Servers.Values.SelectMany(of).OrderBy(item => item.Name, StringComparer.Ordinal).ThenBy(item => item.Server.Slug, StringComparer.Ordinal)];
}
