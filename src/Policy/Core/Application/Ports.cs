using McpPlatform.Contracts.Policy;
using McpPlatform.Policy.Domain;

namespace McpPlatform.Policy.Application;

/// <summary>The tenants that are stored. Visible whatever tenant is entered: endpoints let only the default tenant's callers come here.</summary>
public interface ITenants
{
    /// <summary>By id or slug. A deleted one is found only where no other has its slug.</summary>
    Task<Tenant?> Find(string idOrSlug, CancellationToken cancellationToken);

    Task<int> Count(CancellationToken cancellationToken);

    /// <summary>Not deleted ones by slug, after <paramref name="afterSlug"/> (null = from the first).</summary>
    Task<IReadOnlyList<Tenant>> List(string? afterSlug, int limit, CancellationToken cancellationToken);

    void Add(Tenant tenant);
}

/// <summary>The keys of the current tenant.</summary>
public interface IApiKeys
{
    Task<ApiKey?> Find(Guid id, CancellationToken cancellationToken);

    /// <summary>Keys that are not revoked.</summary>
    Task<int> Count(CancellationToken cancellationToken);

    /// <summary>Whether any key that still authenticates holds the role.</summary>
    Task<bool> AnyHolds(string role, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Whether any key but this one that still authenticates, without an end and unbound by scopes, holds the role.</summary>
    Task<bool> AnyOtherHolds(string role, Guid but, CancellationToken cancellationToken);

    /// <summary>By id, oldest first, after <paramref name="after"/> (null = from the first).</summary>
    Task<IReadOnlyList<ApiKey>> List(Guid? after, int limit, bool withRevoked, CancellationToken cancellationToken);

    void Add(ApiKey key);
}

/// <summary>The policy sets of the current tenant.</summary>
public interface IPolicySets
{
    /// <summary>By id or name. A deleted one is found only where no other has its name.</summary>
    Task<PolicySet?> Find(string idOrName, CancellationToken cancellationToken);

    /// <summary>Not deleted ones by name, after <paramref name="afterName"/> (null = from the first).</summary>
    Task<IReadOnlyList<PolicySet>> List(string? afterName, int limit, CancellationToken cancellationToken);

    /// <summary>All that are not deleted, tracked for change.</summary>
    Task<IReadOnlyList<PolicySet>> Present(CancellationToken cancellationToken);

    /// <summary>Name and rules of all that are not deleted.</summary>
    Task<IReadOnlyList<RoleText>> Roles(CancellationToken cancellationToken);

    void Add(PolicySet policySet);
}

/// <summary>A role as stored: its name and its rules as a JSON list.</summary>
public sealed record RoleText(string Name, string Grants);

/// <summary>The one version of everything that gateways read.</summary>
public interface IPolicyVersion
{
    /// <summary>
    /// Counts up, within the current transaction, and keeps every other change waiting until that ends: what a handler checks after this call stays true
    /// until it commits. So it comes first in every command.
    /// </summary>
    Task<long> Next(CancellationToken cancellationToken);

    Task<long> Current(CancellationToken cancellationToken);
}

/// <summary>Reads the snapshot of all tenants, all of it as of one instant.</summary>
public interface ISnapshotReader
{
    Task<PolicySnapshot> Read(CancellationToken cancellationToken);
}
