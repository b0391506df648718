using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Policy.Infrastructure.Persistence;

internal sealed class TenantConfiguration : IEntityTypeConfiguration<Tenant>
{
    public void Configure(EntityTypeBuilder<Tenant> builder)
    {
        builder.Property(t => t.Slug).HasMaxLength(Slug.MaxLength).UseCollation("C");
        builder.Property(t => t.Name).HasMaxLength(Tenant.MaxNameLength);
        builder.Property(t => t.LimitOrigin).HasMaxLength(DeclaredPlan.MaxOriginLength);
        builder.Ignore(t => t.IsDefault);
        builder.HasIndex(t => t.Slug).IsUnique().HasFilter("deleted_at IS NULL");
        builder.Property<uint>("xmin").IsRowVersion();
    }
}
