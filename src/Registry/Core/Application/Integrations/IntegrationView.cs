using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Integrations;

/// <summary>An integration as the API shows it.</summary>
/// <param name="Version">Its ETag.</param>
public sealed record IntegrationView(
    Guid Id,
    string Name,
    string Server,
    string Environment,
    string Description,
    IReadOnlyList<Capability> Capabilities,
    bool Enabled,
    ManagedBy ManagedBy,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt) : IVersioned
{
    internal static IntegrationView Of(Integration i) =>
        new(i.Id, i.Name, i.Server, i.Environment, i.Description, i.Capabilities, i.Enabled, i.ManagedBy, i.Version, i.CreatedAt, i.UpdatedAt);

    internal static Error NotFound() => Error.NotFound("integrations.not_found", "There is no such integration.");

    internal static Error Changed(int version) => Error.PreconditionFailed("integrations.changed", $"It has version {version} by now. Read it again and repeat your change.");

    internal static Error Managed(ManagedBy by) =>
        Error.Conflict("integrations.managed", $"This integration is managed by {by.ToString().ToLowerInvariant()}. Change it there; here it can only be read.");

    internal static Error NoServer(string slug) => Error.Unprocessable("integrations.server", $"There is no server '{slug}'. Register it first (POST /api/v1/servers).");
}

/// <summary>The integrations of the current tenant.</summary>
public interface IIntegrations
{
    /// <summary>By id or name.</summary>
    Task<Integration?> Find(string idOrName, CancellationToken cancellationToken);

    Task<int> Count(CancellationToken cancellationToken);

    /// <summary>By id, which is by age.</summary>
    Task<IReadOnlyList<Integration>> List(Guid? after, int limit, CancellationToken cancellationToken);

    void Add(Integration integration);

    void Remove(Integration integration);
}
