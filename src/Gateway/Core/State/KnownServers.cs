using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Limits;

namespace McpPlatform.Gateway.State;

/// <summary>The servers of a tenant as a snapshot says, those of the last one again where it says the same of them.</summary>
internal static class KnownServers
{
    public static IEnumerable<ServerRoute> Of(IEnumerable<ServerEntry> entries, TenantRoutes? previous, LimitRules rules)
    {
        var servers = entries.Select(entry => (Entry: entry, Known: previous?.ById.GetValueOrDefault(entry.ServerId))).Select(server =>
            (server.Entry, server.Known, Route: server.Known?.IsOf(server.Entry) == true ? server.Known : new ServerRoute(server.Entry, server.Known, rules))).ToList();
        if (servers.TrueForAll(server => server.Route != server.Known))
        {
            return servers.Select(server => server.Route);
        }

        // Calls under way read the last state: an item that is to have another name must be another object.
        var moved = Moved(servers.SelectMany(server => server.Route.Tools)).Concat(Moved(servers.SelectMany(server => server.Route.Prompts))).ToHashSet();
        return servers.Select(server => server.Route == server.Known && moved.Contains(server.Route) ? new ServerRoute(server.Entry, server.Known, rules) : server.Route);
    }

    private static IEnumerable<ServerRoute> Moved(IEnumerable<IListed> items)
    {
        var all = items.OrderBy(item => item.Server.Slug, StringComparer.Ordinal).ToList();
        var names = SetNames.Of([.. all.Select(item => (item.Server.Slug, item.Name, (string?)null))], ownNames: false);
        return all.Where((item, index) => names[index] is { } name && name != item.Aggregated).Select(item => item.Server);
    }
}
