using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Persistence;

/// <summary>The single row that every change counts up, in a database whose content is served as a snapshot.</summary>
public sealed class SnapshotVersion
{
    private const int OnlyId = 1;

    public int Id { get; private init; }

    public long Version { get; private init; }

    /// <summary>Adds the row to the model.</summary>
    public static void AddTo(ModelBuilder modelBuilder) => modelBuilder.Entity<SnapshotVersion>(version =>
    {
        version.ToTable("snapshot_versions");
        version.Property(v => v.Id).ValueGeneratedNever();
        version.HasData(new SnapshotVersion { Id = OnlyId, Version = 1 });
    });

    /// <summary>
    /// Counts up within the current transaction, and keeps every other change waiting until that ends: what a handler checks after this call stays true
    /// until it commits. So it comes first in every command. The version is at least the time in milliseconds: also after a restore from a backup it is
    /// greater than whatever a gateway has seen.
    /// </summary>
    public static async Task<long> Next(ServiceDbContext context, TimeProvider clock, CancellationToken cancellationToken)
    {
        var atLeast = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var rows = await context.Database
            .SqlQuery<long>($"UPDATE snapshot_versions SET version = GREATEST(version + 1, {atLeast}) WHERE id = {OnlyId} RETURNING version AS \"Value\"")
            .ToListAsync(cancellationToken);
        return rows.Single();
    }

    public static Task<long> Current(ServiceDbContext context, CancellationToken cancellationToken) =>
        context.Set<SnapshotVersion>().Select(v => v.Version).SingleAsync(cancellationToken);
}
