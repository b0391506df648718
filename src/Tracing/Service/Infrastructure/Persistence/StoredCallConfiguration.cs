using McpPlatform.Tracing.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

internal sealed class StoredCallConfiguration : IEntityTypeConfiguration<StoredCall>
{
    public const string Table = "call_records";

    public void Configure(EntityTypeBuilder<StoredCall> builder)
    {
        builder.ToTable(Table);

        // The id first, although the day is the partition key: a call is found by its id with one probe per day.
        builder.HasKey(c => new { c.Id, c.Day });
        builder.Property(c => c.DurationMicroseconds).HasColumnName("duration_us");
        builder.Property(c => c.Subject).HasMaxLength(StoredCall.MaxSubjectLength);
        builder.Property(c => c.Method).HasMaxLength(StoredCall.MaxMethodLength);
        builder.Property(c => c.Server).HasMaxLength(StoredCall.MaxNameLength);
        builder.Property(c => c.Tool).HasMaxLength(StoredCall.MaxNameLength);
        builder.Property(c => c.Status).HasMaxLength(StoredCall.MaxStatusLength);
        builder.Property(c => c.ErrorCode).HasMaxLength(StoredCall.MaxCodeLength);
        builder.Property(c => c.ProtocolVersion).HasMaxLength(StoredCall.MaxVersionLength);
        builder.Property(c => c.RuleId).HasMaxLength(StoredCall.MaxIdLength);
        builder.Property(c => c.Arguments).HasMaxLength(StoredCall.MaxPayloadLength);
        builder.Property(c => c.Result).HasMaxLength(StoredCall.MaxPayloadLength);
        builder.Property(c => c.TraceId).HasMaxLength(StoredCall.MaxIdLength);
        builder.Property(c => c.RequestId).HasMaxLength(StoredCall.MaxIdLength);
        builder.Property(c => c.GatewayId).HasMaxLength(StoredCall.MaxIdLength);
        builder.Property(c => c.Cache).HasMaxLength(StoredCall.MaxCacheLength);
        builder.Property(c => c.StoredAt).HasDefaultValueSql("now()");

        // Every question names a tenant and a range of time and wants the newest first; methods and durations are filtered on the way.
        builder.HasIndex(c => new { c.TenantId, c.StartedAt, c.Id }).HasDatabaseName("ix_call_records_time").IsDescending(false, true, true);
        builder.HasIndex(c => new { c.TenantId, c.Subject, c.StartedAt, c.Id }).HasDatabaseName("ix_call_records_subject").IsDescending(false, false, true, true);
        builder.HasIndex(c => new { c.TenantId, c.Server, c.Tool, c.StartedAt, c.Id }).HasDatabaseName("ix_call_records_tool").IsDescending(false, false, false, true, true);
        builder.HasIndex(c => new { c.TenantId, c.Status, c.StartedAt, c.Id }).HasDatabaseName("ix_call_records_failed").IsDescending(false, false, true, true)
            .HasFilter($"status <> '{CallStatus.Ok}'");
        builder.HasIndex(c => new { c.TenantId, c.RequestId }).HasDatabaseName("ix_call_records_request");
        builder.HasIndex(c => new { c.TenantId, c.TraceId }).HasDatabaseName("ix_call_records_trace").HasFilter("trace_id <> ''");
    }
}
