using McpPlatform.PolicyEngine;
using McpPlatform.Policy.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.Property(k => k.Name).HasMaxLength(ApiKey.MaxNameLength);
        builder.Property(k => k.Subject).HasMaxLength(ApiKey.MaxSubjectLength);
        builder.Property(k => k.ClientProfile).HasMaxLength(ApiKey.MaxProfileLength);
        builder.Property(k => k.Hash).HasMaxLength(64);
        builder.Property(k => k.Prefix).HasMaxLength(ApiKeyText.PrefixLength);
        builder.Property(k => k.LastFour).HasMaxLength(4);
        builder.Property(k => k.CreatedBy).HasMaxLength(Actor.MaxLength);
        builder.Property(k => k.RevokedBy).HasMaxLength(Actor.MaxLength);
        builder.PrimitiveCollection(k => k.Roles).HasColumnType("text[]").ElementType().HasMaxLength(PolicyLimits.MaxIdLength);
        builder.PrimitiveCollection(k => k.Scopes).HasColumnType("text[]").ElementType().HasMaxLength(PolicyLimits.MaxPatternLength);
        builder.HasIndex(k => k.Hash).IsUnique();
        builder.HasIndex(k => new { k.TenantId, k.Id });
        builder.Property<uint>("xmin").IsRowVersion();
    }
}
