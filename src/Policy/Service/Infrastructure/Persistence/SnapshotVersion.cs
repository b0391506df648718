using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Policy.Infrastructure.Persistence;

/// <summary>The single row that every change counts up.</summary>
internal sealed class SnapshotVersion
{
    public const int OnlyId = 1;

    public int Id { get; init; }

    public long Version { get; init; }
}

internal sealed class SnapshotVersionConfiguration : IEntityTypeConfiguration<SnapshotVersion>
{
    public void Configure(EntityTypeBuilder<SnapshotVersion> builder)
    {
        builder.ToTable("snapshot_versions");
        builder.Property(v => v.Id).ValueGeneratedNever();
        builder.HasData(new SnapshotVersion { Id = SnapshotVersion.OnlyId, Version = 1 });
    }
}
