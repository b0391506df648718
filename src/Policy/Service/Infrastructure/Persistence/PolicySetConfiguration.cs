using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Policy.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class PolicySetConfiguration : IEntityTypeConfiguration<PolicySet>
{
    public void Configure(EntityTypeBuilder<PolicySet> builder)
    {
        builder.Property(p => p.Name).HasMaxLength(PolicyLimits.MaxIdLength).UseCollation("C");
        builder.Property(p => p.Description).HasMaxLength(PolicySet.MaxDescriptionLength);
        builder.Property(p => p.Grants).HasColumnType("jsonb");
        builder.Property(p => p.UpdatedBy).HasMaxLength(Actor.MaxLength);
        // Those that were there before anybody declared any.
        builder.Property(p => p.ManagedBy).HasDefaultValue(PolicyManagedBy.Api);
        builder.Property(p => p.Origin).HasMaxLength(DeclaredPlan.MaxOriginLength);
        builder.HasIndex(p => new { p.TenantId, p.Name }).IsUnique().HasFilter("deleted_at IS NULL");
        builder.Property<uint>("xmin").IsRowVersion();
    }
}
