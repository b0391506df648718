using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>The stored tool sets of the current tenant.</summary>
public interface IToolSets
{
    /// <summary>By id or slug; deleted ones by id only.</summary>
    Task<ToolSet?> Find(string idOrSlug, CancellationToken cancellationToken);

    /// <summary>All that are not deleted, tracked for change.</summary>
    Task<IReadOnlyList<ToolSet>> Present(CancellationToken cancellationToken);

    Task<int> Count(CancellationToken cancellationToken);

    /// <summary>Not deleted ones by slug.</summary>
    Task<IReadOnlyList<ToolSet>> List(string? afterSlug, int limit, CancellationToken cancellationToken);

    /// <summary>Versions before that one, newest first.</summary>
    /// <param name="before">Null = from the newest on.</param>
    Task<IReadOnlyList<ToolSetRevision>> History(Guid setId, int? before, int limit, CancellationToken cancellationToken);

    Task<ToolSetRevision?> Find(Guid setId, int version, CancellationToken cancellationToken);

    /// <summary>What there is to choose from: enabled servers that a member of the set is about, with what they have.</summary>
    Task<IReadOnlyList<OfferedServer>> Offered(ToolSetTerms terms, CancellationToken cancellationToken);

    void Add(ToolSet set);

    void Add(ToolSetRevision revision);
}

/// <summary>A server as sets choose from it.</summary>
/// <param name="Items">By kind (<see cref="SetItemKinds"/>) and own name, URI or template.</param>
public sealed record OfferedServer(string Slug, IReadOnlyList<string> Tags, IReadOnlyList<(string Kind, string Name)> Items);

internal static class ToolSetEvents
{
    /// <summary>Gateways fetch the snapshot at once.</summary>
    public static void Changed(this IEventOutbox outbox, ToolSet set, long version, DateTimeOffset now) =>
        outbox.Add(new CatalogPublished(Guid.CreateVersion7(now), now, set.TenantId, set.Id, version));
}
