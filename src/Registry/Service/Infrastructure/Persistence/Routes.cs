using System.Text.Json;
using McpPlatform.Contracts;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Routes;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class Routes(RegistryDbContext context) : IRoutes
{
    public Task<IntentRoute?> Find(Guid id, CancellationToken cancellationToken) => context.Routes.FirstOrDefaultAsync(r => r.Id == id, cancellationToken);

    public Task<IntentRoute?> Find(string intent, string environment, string intentVersion, CancellationToken cancellationToken) =>
        context.Routes.FirstOrDefaultAsync(r => r.Intent == intent && r.Environment == environment && r.IntentVersion == intentVersion, cancellationToken);

    public async Task<IReadOnlyList<IntentRoute>> Present(CancellationToken cancellationToken) => await context.Routes.ToListAsync(cancellationToken);

    public Task<int> Count(CancellationToken cancellationToken) => context.Routes.CountAsync(cancellationToken);

    public async Task<IReadOnlyList<IntentRoute>> List(string? intent, Guid? after, int limit, CancellationToken cancellationToken) => await context.Routes.AsNoTracking()
        .Where(r => (intent == null || r.Intent == intent) && (after == null || r.Id > after)).OrderBy(r => r.Id).Take(limit).ToListAsync(cancellationToken);

    public void Add(IntentRoute route) => context.Routes.Add(route);

    public void Remove(IntentRoute route) => context.Routes.Remove(route);
}

internal sealed class IntentRouteConfiguration : IEntityTypeConfiguration<IntentRoute>
{
    public void Configure(EntityTypeBuilder<IntentRoute> builder)
    {
        builder.ToTable("routes");
        builder.Property(r => r.Intent).HasMaxLength(Intent.MaxLength).UseCollation("C");
        builder.Property(r => r.Environment).HasMaxLength(RegisteredServer.MaxEnvironmentLength);
        builder.Property(r => r.IntentVersion).HasMaxLength(SemanticVersion.MaxLength);
        builder.Property(r => r.Description).HasMaxLength(IntentRoute.MaxDescriptionLength);
        builder.Property(r => r.Origin).HasMaxLength(DeclaredPlan.MaxOriginLength);
        JsonList.Of(builder.Property(r => r.Candidates));
        builder.HasIndex(r => new { r.TenantId, r.Intent, r.Environment, r.IntentVersion }).IsUnique();
        builder.Property<uint>("xmin").IsRowVersion();
    }
}

/// <summary>Lists that are kept as one document: always read and written as a whole.</summary>
internal static class JsonList
{
    public static void Of<T>(PropertyBuilder<IReadOnlyList<T>> property) => property
        .HasColumnType("jsonb")
        .HasConversion(
            items => JsonSerializer.Serialize(items, JsonSerializerOptions.Default),
            text => JsonSerializer.Deserialize<T[]>(text, JsonSerializerOptions.Default)!,
            // By their text: raw JSON within them has no equality of its own.
            new ValueComparer<IReadOnlyList<T>>(
                (a, b) => JsonSerializer.Serialize(a, JsonSerializerOptions.Default) == JsonSerializer.Serialize(b, JsonSerializerOptions.Default),
                items => JsonSerializer.Serialize(items, JsonSerializerOptions.Default).GetHashCode(StringComparison.Ordinal),
                items => items.ToArray()));
}
