using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>
/// A tool set (virtual server) of a tenant: chosen items of several servers under one address. Every version is kept as a whole (<see cref="ToolSetRevision"/>), so that each can come back.
/// Deleting keeps the row.
/// </summary>
public sealed class ToolSet : ITenantOwned, IAudited
{
    private ToolSet()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    /// <summary>Unique in its tenant among those that are not deleted.</summary>
    public string Slug { get; private set; } = "";

    /// <summary>What it is, as JSON text.</summary>
    public string Body { get; private set; } = "{}";

    public ManagedBy ManagedBy { get; private set; }

    /// <summary>File and line that declare it; null for others.</summary>
    public string? Origin { get; private set; }

    public int Version { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? DeletedAt { get; private set; }

    string IAudited.AuditName => Slug;

    /// <summary>What it is.</summary>
    public ToolSetTerms Terms => Read(Body);

    public static ToolSet Create(Guid tenantId, string slug, ManagedBy managedBy, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), TenantId = tenantId, Slug = slug, ManagedBy = managedBy, CreatedAt = now };

    /// <summary>It is declared there. Nothing that gateways know changes.</summary>
    public void Move(string origin) => Origin = origin;

    /// <summary>Sets what it is; returns the revision to keep.</summary>
    public ToolSetRevision Describe(ToolSetTerms terms, string by, DateTimeOffset now)
    {
        Body = Write(terms);
        return Next(by, now);
    }

    /// <summary>Makes it what it was in a version.</summary>
    public ToolSetRevision Restore(ToolSetRevision revision, string by, DateTimeOffset now)
    {
        Body = revision.Body;
        return Next(by, now);
    }

    /// <summary>Deletes; null when it was deleted already, and nothing changes.</summary>
    public ToolSetRevision? Delete(string by, DateTimeOffset now)
    {
        if (DeletedAt is not null)
        {
            return null;
        }

        DeletedAt = now;
        return Next(by, now);
    }

    internal static ToolSetTerms Read(string body) => JsonSerializer.Deserialize<ToolSetTerms>(body, JsonSerializerOptions.Web)!;

    private static string Write(ToolSetTerms terms) => JsonSerializer.Serialize(terms, JsonSerializerOptions.Web);

    private ToolSetRevision Next(string by, DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
        return ToolSetRevision.Of(this, by, now);
    }
}

/// <summary>One version of a tool set as it was, and who made it.</summary>
public sealed class ToolSetRevision : ITenantOwned, IAppendOnly
{
    public const int MaxByLength = 256;

    private ToolSetRevision()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public Guid SetId { get; private set; }

    public int Version { get; private set; }

    public DateTimeOffset At { get; private set; }

    public string By { get; private set; } = "";

    public string Body { get; private set; } = "{}";

    /// <summary>True for the last one: the set was deleted.</summary>
    public bool Removed { get; private set; }

    public ToolSetTerms Terms => ToolSet.Read(Body);

    internal static ToolSetRevision Of(ToolSet set, string by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TenantId = set.TenantId,
        SetId = set.Id,
        Version = set.Version,
        At = now,
        By = by.Length <= MaxByLength ? by : by[..MaxByLength],
        Body = set.Body,
        Removed = set.DeletedAt is not null,
    };
}
