using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Integrations;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class Integrations(RegistryDbContext context) : IIntegrations
{
    public async Task<Integration?> Find(string idOrName, CancellationToken cancellationToken)
    {
        // A name may have the form of an id, so an id that is none of ours is tried as a name.
        var byId = Guid.TryParse(idOrName, out var id) ? await context.Integrations.FirstOrDefaultAsync(i => i.Id == id, cancellationToken) : null;
        return byId ?? await context.Integrations.FirstOrDefaultAsync(i => i.Name == idOrName, cancellationToken);
    }

    public Task<int> Count(CancellationToken cancellationToken) => context.Integrations.CountAsync(cancellationToken);

    public async Task<IReadOnlyList<Integration>> List(Guid? after, int limit, CancellationToken cancellationToken) => await context.Integrations.AsNoTracking()
        .Where(i => after == null || i.Id > after).OrderBy(i => i.Id).Take(limit).ToListAsync(cancellationToken);

    public void Add(Integration integration) => context.Integrations.Add(integration);

    public void Remove(Integration integration) => context.Integrations.Remove(integration);
}

internal sealed class IntegrationConfiguration : IEntityTypeConfiguration<Integration>
{
    public void Configure(EntityTypeBuilder<Integration> builder)
    {
        builder.ToTable("integrations");
        builder.Property(i => i.Name).HasMaxLength(Slug.MaxLength).UseCollation("C");
        builder.Property(i => i.Server).HasMaxLength(Slug.MaxLength);
        builder.Property(i => i.Environment).HasMaxLength(RegisteredServer.MaxEnvironmentLength);
        builder.Property(i => i.Description).HasMaxLength(Integration.MaxDescriptionLength);
        JsonList.Of(builder.Property(i => i.Capabilities));
        builder.HasIndex(i => new { i.TenantId, i.Name }).IsUnique();
        builder.Property<uint>("xmin").IsRowVersion();
    }
}
