using McpPlatform.Contracts.Registry;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>What a set comes to by the servers as they are: how much it holds, and which of its words are about nothing. Gateways choose by the same rules.</summary>
internal static class ToolSetMatch
{
    public static (HeldItems Holds, IReadOnlyList<string> Unmatched) Of(ToolSetTerms terms, IReadOnlyList<OfferedServer> servers)
    {
        var held = servers.SelectMany(server => server.Items
            .Where(item => terms.Holds(server.Slug, server.Tags, item.Kind, item.Name)).Select(item => (Server: server.Slug, item.Kind, item.Name))).ToList();
        var unmatched = new List<string>();
        foreach (var member in terms.Members)
        {
            unmatched.AddRange(Unmatched(member, servers));
        }

        unmatched.AddRange((terms.Overrides ?? [])
            .Where(change => !held.Contains((change.Server, change.Kind, change.Name)))
            .Select(change => $"override of {change.Kind} {change.Server}/{change.Name}: the set does not hold it"));
        unmatched.AddRange((terms.Exclude ?? [])
            .Where(pattern => !servers.Any(server => server.Items.Any(item => NamePattern.MatchesItem(pattern, server.Slug, item.Name))))
            .Select(pattern => $"exclude {pattern}: nothing by that name"));
        unmatched.AddRange((terms.Pinned ?? [])
            .Where(pattern => !held.Any(item => item.Kind == SetItemKinds.Tool && NamePattern.MatchesItem(pattern, item.Server, item.Name)))
            .Select(pattern => $"pinned {pattern}: no tool of the set"));
        return (new HeldItems(Count(SetItemKinds.Tool), Count(SetItemKinds.Prompt), Count(SetItemKinds.Resource)), unmatched);

        int Count(string kind) => held.Count(item => item.Kind == kind);
    }

    private static IEnumerable<string> Unmatched(SetMember member, IReadOnlyList<OfferedServer> servers)
    {
        var who = $"{(member.Server is null ? "" : $"server {member.Server}")}{(member is { Server: not null, Tag: not null } ? ", " : "")}{(member.Tag is null ? "" : $"tag {member.Tag}")}";
        var covered = servers.Where(server => member.Covers(server.Slug, server.Tags)).ToList();
        return covered.Count == 0
            ? [$"{who}: no enabled server"]
            : ((string[])[SetItemKinds.Tool, SetItemKinds.Prompt, SetItemKinds.Resource]).SelectMany(kind => (member.PatternsOf(kind) ?? [])
                .Where(pattern => !covered.Any(server => server.Items.Any(item => item.Kind == kind && NamePattern.Matches(pattern, item.Name))))
                .Select(pattern => $"{who}: no {kind} {pattern}"));
    }
}
