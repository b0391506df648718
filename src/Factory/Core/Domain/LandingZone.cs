using McpPlatform.Kernel;

namespace McpPlatform.Factory.Domain;

/// <summary>Where deployments run. The zone <see cref="LocalName"/> exists in every tenant, is not stored and cannot be changed.</summary>
public sealed class LandingZone : ITenantOwned, IAudited
{
    public const int MaxName = 63;
    public const string LocalName = "local";

    private LandingZone()
    {
        // EF
    }

    public LandingZone(Guid id, Guid tenantId, string name, LandingZoneKind kind, DateTimeOffset createdAt) =>
        (Id, TenantId, Name, Kind, CreatedAt) = (id, tenantId, name, kind, createdAt);

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public string Name { get; private set; } = "";

    public LandingZoneKind Kind { get; private set; }

    /// <summary>Hosts (<c>host:port</c>, networks) with private addresses that deployments here may call. An administrator's decision.</summary>
    public IReadOnlyList<string> AllowedPrivateHosts { get; private set; } = [];

    public DateTimeOffset CreatedAt { get; private set; }

    /// <inheritdoc />
    public string AuditName => Name;

    /// <summary>The built-in zone: processes beside the factory.</summary>
    public static LandingZone Local(Guid tenantId) => new(Guid.Empty, tenantId, LocalName, LandingZoneKind.Process, DateTimeOffset.UnixEpoch);

    public void Allow(IReadOnlyList<string> privateHosts) => AllowedPrivateHosts = privateHosts;
}

/// <summary>How a zone runs deployments.</summary>
public enum LandingZoneKind
{
    /// <summary>A process of the machine on which the factory runs.</summary>
    Process,
}
