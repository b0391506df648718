using McpPlatform.Kernel;

namespace McpPlatform.Policy.Domain;

/// <summary>Who changes a record.</summary>
public enum PolicyManagedBy
{
    /// <summary>People, through the API.</summary>
    Api,

    /// <summary>A configuration, which alone changes it.</summary>
    File,
}

/// <summary>A role of one tenant, with its rules. Deleting keeps the row, so that repeating it is answered alike.</summary>
public sealed class PolicySet : ITenantOwned, IAudited
{
    public const int MaxDescriptionLength = 512;

    private PolicySet()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    /// <summary>The role's name; unique in its tenant among those that are not deleted.</summary>
    public string Name { get; private set; } = "";

    public string? Description { get; private set; }

    /// <summary>The rules as a JSON list, checked by PolicyEngine before it gets here.</summary>
    public string Grants { get; private set; } = "[]";

    /// <summary>1, and one more with every change.</summary>
    public int Version { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public string UpdatedBy { get; private set; } = "";

    public DateTimeOffset? DeletedAt { get; private set; }

    public PolicyManagedBy ManagedBy { get; private set; }

    /// <summary>File and line that declare it; null for others.</summary>
    public string? Origin { get; private set; }

    string IAudited.AuditName => Name;

    public static PolicySet Write(Guid tenantId, string name, string? description, string grants, string by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TenantId = tenantId,
        Name = name,
        Description = description,
        Grants = grants,
        Version = 1,
        CreatedAt = now,
        UpdatedAt = now,
        UpdatedBy = Actor.Shorten(by),
    };

    public void Replace(string? description, string grants, string by, DateTimeOffset now) =>
        (Description, Grants, Version, UpdatedAt, UpdatedBy) = (description, grants, Version + 1, now, Actor.Shorten(by));

    /// <summary>It is declared there.</summary>
    public void DeclaredIn(string origin) => (ManagedBy, Origin) = (PolicyManagedBy.File, origin);

    /// <summary>Deletes; false when it was deleted already, and nothing changes.</summary>
    public bool Delete(string by, DateTimeOffset now)
    {
        if (DeletedAt is not null)
        {
            return false;
        }

        (DeletedAt, UpdatedAt, UpdatedBy, Version) = (now, now, Actor.Shorten(by), Version + 1);
        return true;
    }
}
