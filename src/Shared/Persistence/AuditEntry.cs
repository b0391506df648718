using McpPlatform.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Persistence;

/// <summary>One change of one audited record, written in the transaction that made it. The service's role may add and read such rows, never change them.</summary>
public sealed class AuditEntry : ITenantOwned, IAppendOnly
{
    public const int MaxNameLength = 256;

    private AuditEntry()
    {
        // EF
    }

    internal AuditEntry(Guid tenantId, DateTimeOffset occurredAt, string actor, string requestId, string action, string recordType, Guid recordId, string name, string[] changed)
    {
        Id = Guid.CreateVersion7(occurredAt);
        (TenantId, OccurredAt, Action, RecordType, RecordId, Changed) = (tenantId, occurredAt, action, recordType, recordId, changed);
        (Actor, RequestId, Name) = (Cut(actor), Cut(requestId), Cut(name));
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public DateTimeOffset OccurredAt { get; private set; }

    /// <summary>Subject of the caller, <c>event:{queue}</c> or <c>system:{job}</c>.</summary>
    public string Actor { get; private set; } = "";

    public string RequestId { get; private set; } = "";

    /// <summary><c>created</c>, <c>updated</c> or <c>deleted</c>.</summary>
    public string Action { get; private set; } = "";

    public string RecordType { get; private set; } = "";

    public Guid RecordId { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>Names of the members that changed; never their values, which may be secret.</summary>
    public IReadOnlyList<string> Changed { get; private set; } = [];

    private static string Cut(string text) => text.Length <= MaxNameLength ? text : text[..MaxNameLength];
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.Property(e => e.Actor).HasMaxLength(AuditEntry.MaxNameLength);
        builder.Property(e => e.RequestId).HasMaxLength(AuditEntry.MaxNameLength);
        builder.Property(e => e.Action).HasMaxLength(16);
        builder.Property(e => e.RecordType).HasMaxLength(64);
        builder.Property(e => e.Name).HasMaxLength(AuditEntry.MaxNameLength);
        builder.PrimitiveCollection(e => e.Changed).HasColumnType("text[]");
        builder.HasIndex(e => new { e.TenantId, e.OccurredAt });
    }
}
