using System.Text.Json;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NpgsqlTypes;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class RegisteredServerConfiguration : IEntityTypeConfiguration<RegisteredServer>
{
    public void Configure(EntityTypeBuilder<RegisteredServer> builder)
    {
        builder.ToTable("servers");
        builder.Property(s => s.Slug).HasMaxLength(Slug.MaxLength).UseCollation("C");
        builder.Property(s => s.Title).HasMaxLength(RegisteredServer.MaxTitleLength);
        builder.Property(s => s.Url).HasMaxLength(RegisteredServer.MaxUrlLength);
        builder.Property(s => s.Launcher).HasMaxLength(Slug.MaxLength);
        builder.Property(s => s.Origin).HasMaxLength(DeclaredPlan.MaxOriginLength);
        builder.Property(s => s.Environment).HasMaxLength(RegisteredServer.MaxEnvironmentLength);
        builder.PrimitiveCollection(s => s.Tags).HasColumnType("text[]");
        Secrets(builder.Property(s => s.Headers));
        Secrets(builder.Property(s => s.Variables));
        builder.Property(s => s.Delivery).HasColumnType("jsonb").HasDefaultValueSql("'{}'").HasConversion(
            delivery => JsonSerializer.Serialize(delivery, JsonSerializerOptions.Default),
            text => JsonSerializer.Deserialize<Delivery>(text, JsonSerializerOptions.Default)!);
        builder.ComplexProperty(s => s.Seen, seen =>
        {
            seen.Property(o => o.Message).HasMaxLength(Observation.MaxMessageLength);
            seen.Property(o => o.ProtocolVersion).HasMaxLength(32);
            seen.Property(o => o.ServerName).HasMaxLength(Observation.MaxNameLength);
            seen.Property(o => o.CatalogHash).HasMaxLength(CatalogTool.HashLength);
        });
        builder.HasIndex(s => new { s.TenantId, s.Slug }).IsUnique().HasFilter("deleted_at IS NULL");
        builder.HasIndex(s => s.DeploymentId).IsUnique().HasFilter("deployment_id IS NOT NULL AND deleted_at IS NULL");
        // Not xmin: claiming a look changes the row as well, and is no reason to refuse somebody's change.
        builder.Property(s => s.Version).IsConcurrencyToken();
    }

    private static void Secrets(PropertyBuilder<IReadOnlyList<StoredSecret>> property) => property
        .HasColumnType("jsonb")
        .HasConversion(
            secrets => JsonSerializer.Serialize(secrets, JsonSerializerOptions.Default),
            text => JsonSerializer.Deserialize<StoredSecret[]>(text, JsonSerializerOptions.Default)!,
            new ValueComparer<IReadOnlyList<StoredSecret>>((a, b) => a!.SequenceEqual(b!), s => s.Aggregate(0, (h, x) => HashCode.Combine(h, x.GetHashCode())), s => s.ToArray()));
}

internal sealed class CatalogToolConfiguration : IEntityTypeConfiguration<CatalogTool>
{
    /// <summary>Shadow property of what the search matches.</summary>
    public const string Search = "Search";

    public void Configure(EntityTypeBuilder<CatalogTool> builder)
    {
        builder.ToTable("catalog_tools");
        builder.Property(t => t.Name).HasMaxLength(CatalogTool.MaxNameLength).UseCollation("C");
        builder.Property(t => t.Hash).HasMaxLength(CatalogTool.HashLength);
        builder.Property(t => t.Era).HasMaxLength(16);
        builder.Property(t => t.Needs).HasMaxLength(128);
        builder.Ignore(t => t.Mark);
        builder.PrimitiveCollection(t => t.Repairs).HasColumnType("text[]").HasDefaultValueSql("'{}'");
        // text, not jsonb: the definition stays as the server wrote it, number text and member order included.
        builder.Property(t => t.Definition).HasColumnType("text");
        builder.Property(t => t.Description).HasColumnType("text");
        // Names count more than descriptions; camelCase, snake_case and kebab-case are words.
        builder.Property<NpgsqlTsVector>(Search).HasComputedColumnSql(
            """
            setweight(to_tsvector('english'::regconfig, regexp_replace(regexp_replace(name, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[^A-Za-z0-9]+', ' ', 'g')), 'A')
            || setweight(to_tsvector('english'::regconfig, left(description, 8000)), 'B')
            """,
            stored: true);
        builder.HasIndex(Search).HasMethod("GIN");
        builder.HasIndex(t => new { t.ServerId, t.Name }).IsUnique();
        builder.HasOne<RegisteredServer>().WithMany().HasForeignKey(t => t.ServerId);
    }
}

internal sealed class CatalogOfferConfiguration : IEntityTypeConfiguration<CatalogOffer>
{
    public void Configure(EntityTypeBuilder<CatalogOffer> builder)
    {
        builder.ToTable("catalog_offers");
        builder.Property(o => o.Hash).HasMaxLength(CatalogTool.HashLength);
        // text, not jsonb: definitions stay as the server wrote them, number text and member order included.
        builder.Property(o => o.Body).HasColumnType("text");
        builder.Ignore(o => o.Offer);
        builder.HasIndex(o => o.ServerId).IsUnique();
        builder.HasOne<RegisteredServer>().WithMany().HasForeignKey(o => o.ServerId);
    }
}

internal sealed class CatalogChangeConfiguration : IEntityTypeConfiguration<CatalogChange>
{
    public void Configure(EntityTypeBuilder<CatalogChange> builder)
    {
        builder.ToTable("catalog_changes");
        builder.Property(c => c.CatalogHash).HasMaxLength(CatalogTool.HashLength);
        builder.PrimitiveCollection(c => c.Added).HasColumnType("text[]");
        builder.PrimitiveCollection(c => c.Changed).HasColumnType("text[]");
        builder.PrimitiveCollection(c => c.Removed).HasColumnType("text[]");
        builder.HasIndex(c => new { c.ServerId, c.At });
    }
}
