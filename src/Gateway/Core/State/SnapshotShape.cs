using System.Text.Json;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.State;

/// <summary>What a snapshot must be beyond what its types say, before anything is compiled from it.</summary>
internal static class SnapshotShape
{
    /// <summary>No list has holes.</summary>
    public static bool IsWhole(PolicySnapshot snapshot)
    {
        foreach (var tenant in snapshot.Tenants)
        {
            if (tenant is null || HasHoles(tenant.Keys) || tenant.Keys.Any(key => HasHoles(key.Roles) || HasHoles(key.Scopes) || key.Rate is <= 0 || key.Burst is <= 0) || tenant.MaxConcurrency is <= 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// No list has holes, every definition is an object, and no two enabled servers of a tenant have one slug: which of them a call would reach is
    /// nobody's choice.
    /// </summary>
    public static bool IsWhole(RegistrySnapshot snapshot)
    {
        var slugs = new HashSet<(Guid, string)>();
        foreach (var server in snapshot.Servers)
        {
            if (server is null || HasHoles(server.Tags) || HasHoles(server.Tools) || HasHoles(server.Connection.Headers) || HasHoles(server.Connection.Variables) || HasHoles(server.Connection.Endpoints ?? []) || HasHoles(server.Breakers ?? []) || HasHoles(server.Pins ?? [])
                || !AreLimits(server.Limits)
                || HasHoles(server.Cache?.Tools ?? [])
                || server.Tools.Any(tool => tool.Definition.ValueKind != JsonValueKind.Object)
                || !IsWhole(server.Offer)
                || (server.Enabled && !slugs.Add((server.TenantId, server.Slug))))
            {
                return false;
            }
        }

        return (snapshot.Routes ?? []).All(route => route is not null && route.Candidates.Count > 0 && !HasHoles(route.Candidates) && route.Candidates.All(c => c.Constants is null or { ValueKind: JsonValueKind.Object }))
            && (snapshot.Integrations ?? []).All(integration => integration is not null && !HasHoles(integration.Capabilities))
            && AreSets(snapshot.ToolSets ?? []);
    }

    /// <summary>No two sets of a tenant have one slug, and nothing that a set says is missing: a fixed argument that got lost would be one that clients choose.</summary>
    private static bool AreSets(IReadOnlyList<ToolSetEntry> sets)
    {
        var slugs = new HashSet<(Guid, string)>();
        return sets.All(set => set is not null && slugs.Add((set.TenantId, set.Slug))
            && !HasHoles(set.Terms.Members) && !HasHoles(set.Terms.Exclude ?? []) && !HasHoles(set.Terms.Pinned ?? [])
            && set.Terms.Members.All(member => !HasHoles(member.Tools ?? []) && !HasHoles(member.Prompts ?? []) && !HasHoles(member.Resources ?? []))
            && !HasHoles(set.Terms.Overrides ?? []) && (set.Terms.Overrides ?? []).All(change => change.Arguments is null or { Count: <= ToolSetTerms.MaxFixedArguments }));
    }

    private static bool IsWhole(ServerOffer? offer) => offer is null || ((IReadOnlyList<OfferedItem>[])[offer.Prompts, offer.Resources, offer.ResourceTemplates]).All(
        items => !HasHoles(items) && items.All(item => item.Definition.ValueKind == JsonValueKind.Object));

    /// <summary>No rate that would let nothing through for ever, or divide by zero.</summary>
    private static bool AreLimits(ServerLimits? limits) => limits is null
        || (limits.MaxConcurrency is null or > 0 && (limits.Rate is null || IsRate(limits.Rate)) && (limits.Tools is null || limits.Tools.Values.All(IsRate)));

    private static bool IsRate(CallRate rate) => rate is { Rate: > 0, Burst: null or > 0 };

    private static bool HasHoles<T>(IReadOnlyList<T> list)
        where T : class => list.Contains(null!);
}
