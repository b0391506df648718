using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>What a registered server can do, by its owner's word: intents, each with the tool that does it. Deleting removes the row.</summary>
public sealed class Integration : ITenantOwned, IAudited
{
    public const int MaxDescriptionLength = 1024;
    public const int MaxCapabilities = 200;

    private Integration()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    /// <summary>Unique in its tenant.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Slug of a registered server.</summary>
    public string Server { get; private set; } = "";

    public string Environment { get; private set; } = "";

    public string Description { get; private set; } = "";

    public IReadOnlyList<Capability> Capabilities { get; private set; } = [];

    public bool Enabled { get; private set; }

    public ManagedBy ManagedBy { get; private set; }

    public int Version { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    string IAudited.AuditName => Name;

    public static Integration Add(Guid tenantId, string name, ManagedBy managedBy, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), TenantId = tenantId, Name = name, ManagedBy = managedBy, CreatedAt = now };

    /// <summary>Sets everything but the name.</summary>
    public void Describe(IntegrationTerms terms, DateTimeOffset now)
    {
        (Server, Environment, Description, Capabilities, Enabled) = (terms.Server, terms.Environment, terms.Description, terms.Capabilities, terms.Enabled);
        UpdatedAt = now;
        Version++;
    }
}

/// <summary>What a person says of an integration.</summary>
public sealed record IntegrationTerms(string Server, string Environment, string Description, IReadOnlyList<Capability> Capabilities, bool Enabled);
