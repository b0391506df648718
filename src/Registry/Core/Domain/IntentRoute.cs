using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>Who of a route's candidates is asked first.</summary>
public enum RouteBalancing
{
    /// <summary>The first one; the next ones only when it cannot do it.</summary>
    Failover,
    RoundRobin,
    WeightedRandom,
}

/// <summary>How an intent is carried out in an environment and a version, of which there is one at most. Deleting removes the row.</summary>
public sealed class IntentRoute : ITenantOwned, IAudited
{
    public const int MaxDescriptionLength = 1024;

    /// <summary>16: each one that fails costs its callers time.</summary>
    public const int MaxCandidates = 16;

    private IntentRoute()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public string Intent { get; private set; } = "";

    public string Environment { get; private set; } = "";

    /// <summary>Of the interface that the intent has here, by semver; empty = none. Not <see cref="Version"/>.</summary>
    public string IntentVersion { get; private set; } = "";

    public string Description { get; private set; } = "";

    public RouteBalancing Balancing { get; private set; }

    public IReadOnlyList<RouteCandidate> Candidates { get; private set; } = [];

    public bool Enabled { get; private set; }

    public ManagedBy ManagedBy { get; private set; }

    /// <summary>File and line that declare it; null for others.</summary>
    public string? Origin { get; private set; }

    public int Version { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    string IAudited.AuditName => Intent;

    public static IntentRoute Add(Guid tenantId, ManagedBy managedBy, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), TenantId = tenantId, ManagedBy = managedBy, CreatedAt = now };

    /// <summary>It is declared there. Nothing that gateways know changes.</summary>
    public void Move(string origin) => Origin = origin;

    /// <summary>Sets everything that a person says of it.</summary>
    public void Describe(RouteTerms terms, DateTimeOffset now)
    {
        (Intent, Environment, IntentVersion, Description) = (terms.Intent, terms.Environment, terms.Version, terms.Description);
        (Balancing, Candidates, Enabled, UpdatedAt) = (terms.Balancing, terms.Candidates, terms.Enabled, now);
        Version++;
    }
}

/// <summary>What a person says of a route.</summary>
public sealed record RouteTerms(
    string Intent, string Environment, string Version, string Description, RouteBalancing Balancing, IReadOnlyList<RouteCandidate> Candidates, bool Enabled);
