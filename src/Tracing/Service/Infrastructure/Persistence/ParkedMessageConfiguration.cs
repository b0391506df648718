using System.Text.Json;
using McpPlatform.Tracing.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

internal sealed class ParkedMessageConfiguration : IEntityTypeConfiguration<ParkedMessage>
{
    public void Configure(EntityTypeBuilder<ParkedMessage> builder)
    {
        builder.ToTable("dead_letters");
        builder.Property(m => m.Id).ValueGeneratedNever();
        builder.Property(m => m.Queue).HasMaxLength(ParkedMessage.MaxNameLength);
        builder.Property(m => m.MessageType).HasMaxLength(ParkedMessage.MaxTypeLength);
        builder.Property(m => m.Kind).HasMaxLength(ParkedMessage.MaxNameLength);
        builder.Property(m => m.Reason).HasMaxLength(ParkedMessage.MaxReasonLength);

        // Written once and never compared: the letter's properties do not change.
        builder.Property(m => m.Properties).HasColumnType("jsonb").HasConversion(
            p => JsonSerializer.Serialize(p, JsonSerializerOptions.Default),
            t => JsonSerializer.Deserialize<Dictionary<string, string>>(t, JsonSerializerOptions.Default)!,
            new ValueComparer<IReadOnlyDictionary<string, string>>((a, b) => ReferenceEquals(a, b), p => p.Count, p => p));
        builder.Ignore(m => m.AuditName);
        builder.HasIndex(m => new { m.DiedAt, m.Id }).HasDatabaseName("ix_dead_letters_time").IsDescending();
        builder.HasIndex(m => new { m.Queue, m.DiedAt, m.Id }).HasDatabaseName("ix_dead_letters_parked").HasFilter($"state = '{nameof(ParkedState.Parked)}'");
    }
}
