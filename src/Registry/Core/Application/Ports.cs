using McpPlatform.Contracts.Gateway;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Subregistry;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application;

/// <summary>The servers of the current tenant.</summary>
public interface IServers
{
    /// <summary>By id or slug; deleted ones by id only.</summary>
    Task<RegisteredServer?> Find(string idOrSlug, CancellationToken cancellationToken);

    Task<RegisteredServer?> FindDeployment(Guid deploymentId, CancellationToken cancellationToken);

    Task<int> Count(CancellationToken cancellationToken);

    /// <summary>All that are not deleted, tracked for change.</summary>
    Task<IReadOnlyList<RegisteredServer>> Present(CancellationToken cancellationToken);

    /// <summary>Not deleted ones by slug.</summary>
    Task<IReadOnlyList<RegisteredServer>> List(ServerFilter filter, string? afterSlug, int limit, CancellationToken cancellationToken);

    /// <summary>By slug: those that are there, and with <see cref="EntryFilter.WithInactive"/> the last one of each slug that is not.</summary>
    /// <param name="space">Of their names, which the filter's text is looked for in.</param>
    Task<IReadOnlyList<RegisteredServer>> Entries(EntryFilter filter, string space, string? afterSlug, int limit, CancellationToken cancellationToken);

    void Add(RegisteredServer server);
}

/// <param name="Text">Part of slug or title, in any case.</param>
public sealed record ServerFilter(string? Text, string? Tag, ServerTransport? Transport, ServerHealth? Health);

/// <summary>The catalogs of the current tenant.</summary>
public interface ICatalog
{
    /// <summary>A server's tools, tracked for change.</summary>
    Task<IReadOnlyList<CatalogTool>> ToolsOf(Guid serverId, CancellationToken cancellationToken);

    void Add(CatalogTool tool);

    void Remove(CatalogTool tool);

    void Add(CatalogChange change);

    /// <summary>What a server offers besides tools, tracked for change; null before its first good look.</summary>
    Task<CatalogOffer?> OfferOf(Guid serverId, CancellationToken cancellationToken);

    void Add(CatalogOffer offer);

    /// <summary>What of a server is accepted, tracked for change; null when nothing was decided yet.</summary>
    Task<PinnedDefinitions?> PinsOf(Guid serverId, CancellationToken cancellationToken);

    void Add(PinnedDefinitions pins);

    void Remove(PinnedDefinitions pins);

    /// <summary>Tools of the tenant's other servers that are enabled.</summary>
    Task<IReadOnlyList<ForeignTool>> ToolsOfOthers(Guid serverId, CancellationToken cancellationToken);

    Task<FoundTool?> Find(string server, string tool, CancellationToken cancellationToken);

    /// <summary>Tools of servers that are not deleted: ranked when there is a text, else by server and name.</summary>
    Task<IReadOnlyList<FoundTool>> Search(ToolFilter filter, ToolPosition? after, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<CatalogChange>> ChangesOf(Guid serverId, int limit, CancellationToken cancellationToken);
}

public sealed record ToolFilter(string? Text, string? Server, string? Tag);

/// <summary>Where a page ended.</summary>
public sealed record ToolPosition(float Rank, string Server, string Name);

/// <summary>A tool as a search finds it. Members instead of a constructor: the database sorts and filters by them.</summary>
public sealed record FoundTool
{
    public required Guid ServerId { get; init; }

    public required string Server { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string Hash { get; init; }

    public required string Definition { get; init; }

    public required IReadOnlyList<string> Repairs { get; init; }

    public required bool Enabled { get; init; }

    public required ServerHealth Health { get; init; }

    /// <summary>How well it matches; 0 when nothing was searched for.</summary>
    public required float Rank { get; init; }
}

/// <summary>What gateways report of the current tenant's endpoints.</summary>
public interface IEndpointReports
{
    /// <summary>A gateway's last report, tracked for change.</summary>
    Task<EndpointReports?> Find(string gatewayId, CancellationToken cancellationToken);

    /// <summary>Those made since then, by gateway.</summary>
    Task<IReadOnlyList<EndpointReports>> Since(DateTimeOffset at, CancellationToken cancellationToken);

    void Add(EndpointReports report);

    /// <summary>Removes those that were last made before then.</summary>
    Task RemoveBefore(DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>The one version of everything that gateways read.</summary>
public interface IRegistryVersion
{
    /// <summary>Counts up within the current transaction and keeps other changes waiting until that ends: comes first in every command.</summary>
    Task<long> Next(CancellationToken cancellationToken);

    Task<long> Current(CancellationToken cancellationToken);
}

/// <summary>Reads the snapshot of all tenants, all of it as of one instant.</summary>
public interface ISnapshotReader
{
    Task<RegistrySnapshot> Read(CancellationToken cancellationToken);
}

/// <summary>Asks a gateway to look at a server.</summary>
public interface IDiscovery
{
    /// <summary>Null when no gateway could be asked: that says nothing about the server.</summary>
    Task<DiscoveredServer?> Discover(DiscoverServer server, CancellationToken cancellationToken);
}

/// <summary>Tells the operator that a server shows something suspicious; programs hear it by <see cref="DefinitionsFlagged"/>.</summary>
public interface IDefinitionAlarm
{
    void Flagged(RegisteredServer server, IReadOnlyList<FlaggedDefinition> definitions);
}

/// <summary>Limits per tenant and server, and how often servers are looked at.</summary>
public sealed record RegistryQuotas(int MaxServers, int MaxToolsPerServer, int MaxDefinitionBytes, int MaxOfferBytes, int MaxHttpTools, TimeSpan DiscoveryInterval)
{
    /// <summary>Routes, and integrations, per tenant.</summary>
    public int MaxRoutes { get; init; } = 1000;

    /// <summary>Tool sets per tenant.</summary>
    public int MaxToolSets { get; init; } = 200;
}

/// <summary>What holds for servers that say nothing of it.</summary>
/// <param name="Quarantine">Changed definitions wait until somebody accepts them.</param>
public sealed record DefinitionDefaults(bool Quarantine)
{
    public DefinitionRule RuleOf(RegisteredServer server) => server.Delivery.Definitions ?? new DefinitionRule(Quarantine);
}

internal static class RegistryEvents
{
    public static void Changed(this IEventOutbox outbox, RegisteredServer server, long version, DateTimeOffset now) =>
        outbox.Add(new CatalogPublished(Guid.CreateVersion7(now), now, server.TenantId, server.Id, version));

    /// <summary>A route or an integration came, changed or went: to gateways it is one more version, whatever changed.</summary>
    public static void RoutesChanged(this IEventOutbox outbox, Guid tenantId, Guid id, long version, DateTimeOffset now) =>
        outbox.Add(new CatalogPublished(Guid.CreateVersion7(now), now, tenantId, id, version));

    public static void Flagged(this IEventOutbox outbox, RegisteredServer server, IReadOnlyList<FlaggedDefinition> definitions, DateTimeOffset now) =>
        outbox.Add(new DefinitionsFlagged(Guid.CreateVersion7(now), now, server.TenantId, server.Id, server.Slug, [.. definitions.Take(DefinitionsFlagged.Most)], definitions.Count));

    /// <summary>Definitions have embeddings now: one more version to gateways as well.</summary>
    public static void EmbeddingsChanged(this IEventOutbox outbox, Guid tenantId, long version, DateTimeOffset now) =>
        outbox.Add(new CatalogPublished(Guid.CreateVersion7(now), now, tenantId, Guid.Empty, version));

    public static void HealthChanged(this IEventOutbox outbox, RegisteredServer server, DateTimeOffset now) =>
        outbox.Add(new ServerHealthChanged(Guid.CreateVersion7(now), now, server.TenantId, server.Id, server.Seen.Health.ToString().ToLowerInvariant()));
}
