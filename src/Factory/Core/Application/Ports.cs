using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;

namespace McpPlatform.Factory.Application;

/// <summary>Stored packs of the current tenant.</summary>
public interface IPackStore
{
    void Add(PackVersion pack);

    void Remove(PackVersion pack);

    Task<PackVersion?> Find(string @namespace, string name, string version, CancellationToken ct);

    Task<PackVersion?> Find(Guid id, CancellationToken ct);

    /// <summary>Newest first, without the lock files.</summary>
    Task<IReadOnlyList<PackVersion>> List(Guid? before, int limit, CancellationToken ct);

    Task<IReadOnlyDictionary<Guid, PackVersion>> Named(IReadOnlyCollection<Guid> ids, CancellationToken ct);
}

/// <summary>Stored secrets of the current tenant.</summary>
public interface ISecretStore
{
    void Add(StoredSecret secret);

    void Remove(StoredSecret secret);

    Task<StoredSecret?> Find(string name, CancellationToken ct);

    /// <summary>In name order.</summary>
    Task<IReadOnlyList<StoredSecret>> List(string? after, int limit, CancellationToken ct);
}

/// <summary>Stored landing zones of the current tenant; the built-in one is not among them.</summary>
public interface ILandingZoneStore
{
    void Add(LandingZone zone);

    void Remove(LandingZone zone);

    Task<LandingZone?> Find(string name, CancellationToken ct);

    /// <summary>In name order.</summary>
    Task<IReadOnlyList<LandingZone>> List(string? after, int limit, CancellationToken ct);
}

/// <summary>Deployments of the current tenant.</summary>
public interface IDeploymentStore
{
    void Add(Deployment deployment);

    Task<Deployment?> Find(Guid id, CancellationToken ct);

    /// <summary>The deployment, to change it: nobody else changes it until the use case ends.</summary>
    Task<Deployment?> Take(Guid id, CancellationToken ct);

    /// <summary>As <see cref="Take"/>, the deployment of a tool that was registered on its own; null when there is none or it leaves.</summary>
    Task<Deployment?> TakeOfTool(Guid toolId, CancellationToken ct);

    /// <summary>Newest first; those that are gone only on demand.</summary>
    Task<IReadOnlyList<Deployment>> List(Guid? before, int limit, bool withDeleted, CancellationToken ct);

    Task<bool> IsSlugTaken(string slug, CancellationToken ct);

    /// <summary>Whether a deployment that is not gone has this pack.</summary>
    Task<bool> UsesPack(Guid packId, CancellationToken ct);

    Task<bool> UsesZone(string zone, CancellationToken ct);

    /// <summary>As <see cref="Take"/>, the deployments that stay and whose pack uses the secret.</summary>
    Task<IReadOnlyList<Deployment>> TakeUsingSecret(string secret, CancellationToken ct);
}

/// <summary>Gets descriptions of APIs from elsewhere.</summary>
public interface IDocumentSource
{
    /// <summary>
    /// The bytes behind an http(s) address, at most as many as a document may have. Refuses private addresses (<c>source.address_refused</c>) unless the
    /// operator allowed them, does not follow redirects, and says what went wrong as <c>source.*</c>.
    /// </summary>
    Task<Result<byte[]>> Fetch(string url, CancellationToken ct);
}

/// <summary>What the processes of deployments wrote.</summary>
public interface IDeploymentLogs
{
    /// <summary>The newest lines, oldest first. Empty when nothing runs, or ran, on this replica.</summary>
    IReadOnlyList<LogLine> Read(Guid deploymentId, int limit);
}

/// <summary>One line of a process, secrets masked.</summary>
/// <param name="Stream"><c>stdout</c>, <c>stderr</c>, or <c>factory</c> for what the factory did to it.</param>
public sealed record LogLine(DateTimeOffset At, string Stream, string Line);

/// <summary>Wakes whoever works on deployments, after the change is committed or shortly before: it looks again either way.</summary>
public interface IDeploymentSignal
{
    void Wake();
}
