using System.Text.Json;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class PinnedDefinitionsConfiguration : IEntityTypeConfiguration<PinnedDefinitions>
{
    public void Configure(EntityTypeBuilder<PinnedDefinitions> builder)
    {
        builder.ToTable("pinned_definitions");
        builder.Property(p => p.Server).HasMaxLength(Slug.MaxLength);
        // text, not jsonb: definitions stay as the server wrote them, and jsonb has no U+0000.
        builder.Property(p => p.Accepted).HasColumnType("text").HasConversion(
            accepted => JsonSerializer.Serialize(accepted, JsonSerializerOptions.Default),
            text => JsonSerializer.Deserialize<AcceptedDefinition[]>(text, JsonSerializerOptions.Default)!,
            new ValueComparer<IReadOnlyList<AcceptedDefinition>>((a, b) => a!.SequenceEqual(b!), all => all.Aggregate(0, (h, x) => HashCode.Combine(h, x.GetHashCode())), all => all.ToArray()));
        builder.PrimitiveCollection(p => p.Rejected).HasColumnType("text[]");
        builder.Property(p => p.Version).IsConcurrencyToken();
        builder.HasIndex(p => p.ServerId).IsUnique();
        builder.HasOne<RegisteredServer>().WithMany().HasForeignKey(p => p.ServerId);
    }
}
