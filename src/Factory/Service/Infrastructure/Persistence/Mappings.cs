using System.Text.Json;
using McpPlatform.Factory.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Factory.Infrastructure.Persistence;

internal sealed class PackVersionConfiguration : IEntityTypeConfiguration<PackVersion>
{
    public void Configure(EntityTypeBuilder<PackVersion> builder)
    {
        builder.ToTable("packs");
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Namespace).HasMaxLength(PackVersion.MaxNamespace);
        builder.Property(p => p.Name).HasMaxLength(PackVersion.MaxName);
        builder.Property(p => p.Version).HasMaxLength(PackVersion.MaxVersion);
        builder.Property(p => p.Title).HasMaxLength(200);
        builder.Property(p => p.LockHash).HasMaxLength(80);
        builder.Property(p => p.ToolsHash).HasMaxLength(80);
        builder.Property(p => p.Hosts).HasListOfText();
        builder.Property(p => p.SecretNames).HasListOfText();
        builder.Property(p => p.Report).HasColumnType("jsonb");
        builder.HasIndex(p => new { p.TenantId, p.Namespace, p.Name, p.Version }).IsUnique();
        builder.Property<uint>("xmin").IsRowVersion();
    }
}

internal sealed class StoredSecretConfiguration : IEntityTypeConfiguration<StoredSecret>
{
    public void Configure(EntityTypeBuilder<StoredSecret> builder)
    {
        builder.ToTable("secrets");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Name).HasMaxLength(StoredSecret.MaxName);
        builder.Property(s => s.Ciphertext).HasMaxLength(128 * 1024);
        builder.Property(s => s.AllowedHosts).HasListOfText();
        builder.HasIndex(s => new { s.TenantId, s.Name }).IsUnique();
        builder.Property<uint>("xmin").IsRowVersion();
    }
}

internal sealed class LandingZoneConfiguration : IEntityTypeConfiguration<LandingZone>
{
    public void Configure(EntityTypeBuilder<LandingZone> builder)
    {
        builder.ToTable("landing_zones");
        builder.Property(z => z.Id).ValueGeneratedNever();
        builder.Property(z => z.Name).HasMaxLength(LandingZone.MaxName);
        builder.Property(z => z.AllowedPrivateHosts).HasListOfText();
        builder.HasIndex(z => new { z.TenantId, z.Name }).IsUnique();
        builder.Property<uint>("xmin").IsRowVersion();
    }
}

internal sealed class DeploymentConfiguration : IEntityTypeConfiguration<Deployment>
{
    private static readonly JsonSerializerOptions Stored = new(JsonSerializerDefaults.Web);

    public void Configure(EntityTypeBuilder<Deployment> builder)
    {
        builder.ToTable("deployments");
        builder.Property(d => d.Id).ValueGeneratedNever();
        builder.Property(d => d.Slug).HasMaxLength(63);
        builder.Property(d => d.LandingZone).HasMaxLength(LandingZone.MaxName);
        builder.Property(d => d.Message).HasMaxLength(Deployment.MaxMessage);
        builder.Property(d => d.BearerCiphertext).HasMaxLength(1024);
        builder.Property(d => d.Conditions).HasColumnType("jsonb").HasConversion(
            conditions => JsonSerializer.Serialize(conditions, Stored),
            json => JsonSerializer.Deserialize<List<DeploymentCondition>>(json, Stored)!,
            new ValueComparer<IReadOnlyList<DeploymentCondition>>((a, b) => a!.SequenceEqual(b!), c => c.Count, c => c));
        builder.HasIndex(d => new { d.TenantId, d.Slug }).IsUnique().HasFilter("state <> 'Deleted'");
        builder.HasIndex(d => d.ToolId);
        builder.HasIndex(d => d.LeaseUntil);

        // No foreign key: the records of deployments that are gone outlive their packs.
        builder.HasIndex(d => d.PackId);
        builder.Property(d => d.Revision).IsConcurrencyToken();
    }
}

internal static class TextLists
{
    /// <summary>A read-only list of strings as <c>text[]</c>.</summary>
    public static void HasListOfText(this PropertyBuilder<IReadOnlyList<string>> property) => property
        .HasColumnType("text[]")
        .HasConversion(
            list => list.ToArray(),
            array => array,
            new ValueComparer<IReadOnlyList<string>>((a, b) => a!.SequenceEqual(b!), c => c.Count, c => c));
}
