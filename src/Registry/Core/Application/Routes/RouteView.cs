using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Routes;

/// <summary>A route as the API shows it.</summary>
/// <param name="IntentVersion">Of what the intent means here, by semver; empty = none.</param>
/// <param name="Version">Its ETag.</param>
/// <param name="Origin">File and line that declare it, where managed_by is file; it is read-only here then.</param>
public sealed record RouteView(
    Guid Id,
    string Intent,
    string Environment,
    string IntentVersion,
    string Description,
    RouteBalancing Balancing,
    IReadOnlyList<RouteCandidate> Candidates,
    bool Enabled,
    ManagedBy ManagedBy,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? Origin) : IVersioned
{
    internal static RouteView Of(IntentRoute r) => new(
        r.Id, r.Intent, r.Environment, r.IntentVersion, r.Description, r.Balancing, r.Candidates, r.Enabled, r.ManagedBy, r.Version, r.CreatedAt, r.UpdatedAt, r.Origin);

    internal static Error NotFound() => Error.NotFound("routes.not_found", "There is no such route.");

    internal static Error Exists(RouteTerms terms) => Error.Conflict(
        "routes.exists", $"A route for '{terms.Intent}' exists already in this environment and version. Change that one, or add its candidates there.");

    internal static Error Changed(int version) => Error.PreconditionFailed("routes.changed", $"It has version {version} by now. Read it again and repeat your change.");

    internal static Error Managed(IntentRoute route) => Error.Conflict(
        "routes.managed", $"This route is managed by {route.Origin ?? route.ManagedBy.ToString().ToLowerInvariant()}. Change it there; here it can only be read.");
}

/// <summary>The routes of the current tenant.</summary>
public interface IRoutes
{
    Task<IntentRoute?> Find(Guid id, CancellationToken cancellationToken);

    /// <summary>The one of an intent in an environment and version.</summary>
    Task<IntentRoute?> Find(string intent, string environment, string intentVersion, CancellationToken cancellationToken);

    /// <summary>All of them, tracked for change.</summary>
    Task<IReadOnlyList<IntentRoute>> Present(CancellationToken cancellationToken);

    Task<int> Count(CancellationToken cancellationToken);

    /// <summary>By id, which is by age.</summary>
    Task<IReadOnlyList<IntentRoute>> List(string? intent, Guid? after, int limit, CancellationToken cancellationToken);

    void Add(IntentRoute route);

    void Remove(IntentRoute route);
}
