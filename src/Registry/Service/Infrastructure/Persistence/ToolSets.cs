using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.ToolSets;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class ToolSets(RegistryDbContext context) : IToolSets
{
    public async Task<ToolSet?> Find(string idOrSlug, CancellationToken cancellationToken)
    {
        // A slug may have the form of an id, so an id that is none of ours is tried as a slug.
        var byId = Guid.TryParse(idOrSlug, out var id) ? await context.ToolSets.FirstOrDefaultAsync(s => s.Id == id, cancellationToken) : null;
        return byId ?? await context.ToolSets.FirstOrDefaultAsync(s => s.Slug == idOrSlug && s.DeletedAt == null, cancellationToken);
    }

    public async Task<IReadOnlyList<ToolSet>> Present(CancellationToken cancellationToken) => await context.ToolSets.Where(s => s.DeletedAt == null).ToListAsync(cancellationToken);

    public Task<int> Count(CancellationToken cancellationToken) => context.ToolSets.CountAsync(s => s.DeletedAt == null, cancellationToken);

    public async Task<IReadOnlyList<ToolSet>> List(string? afterSlug, int limit, CancellationToken cancellationToken) => await context.ToolSets.AsNoTracking()
        .Where(s => s.DeletedAt == null && (afterSlug == null || string.Compare(s.Slug, afterSlug) > 0)).OrderBy(s => s.Slug).Take(limit).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<ToolSetRevision>> History(Guid setId, int? before, int limit, CancellationToken cancellationToken) => await context.ToolSetRevisions.AsNoTracking()
        .Where(r => r.SetId == setId && (before == null || r.Version < before)).OrderByDescending(r => r.Version).Take(limit).ToListAsync(cancellationToken);

    public Task<ToolSetRevision?> Find(Guid setId, int version, CancellationToken cancellationToken) =>
        context.ToolSetRevisions.AsNoTracking().FirstOrDefaultAsync(r => r.SetId == setId && r.Version == version, cancellationToken);

    public async Task<IReadOnlyList<OfferedServer>> Offered(ToolSetTerms terms, CancellationToken cancellationToken)
    {
        var servers = (await context.Servers.AsNoTracking().Where(s => s.DeletedAt == null && s.Enabled).Select(s => new { s.Id, s.Slug, s.Tags }).ToListAsync(cancellationToken))
            .Where(s => terms.Members.Any(m => m.Covers(s.Slug, s.Tags))).ToList();
        var ids = servers.ConvertAll(s => s.Id);
        var tools = (await context.CatalogTools.AsNoTracking().Where(t => ids.Contains(t.ServerId)).Select(t => new { t.ServerId, t.Name }).ToListAsync(cancellationToken)).ToLookup(t => t.ServerId, t => t.Name);
        var offers = (await context.CatalogOffers.AsNoTracking().Where(o => ids.Contains(o.ServerId)).ToListAsync(cancellationToken)).ToDictionary(o => o.ServerId, o => o.Offer);
        return [.. servers.OrderBy(s => s.Slug, StringComparer.Ordinal).Select(s => new OfferedServer(s.Slug, s.Tags, [
            .. tools[s.Id].Select(name => (SetItemKinds.Tool, name)),
            .. offers.GetValueOrDefault(s.Id) is { } offer ? Items(offer) : []]))];
    }

    public void Add(ToolSet set) => context.ToolSets.Add(set);

    public void Add(ToolSetRevision revision) => context.ToolSetRevisions.Add(revision);

    private static IEnumerable<(string, string)> Items(ServerOffer offer) =>
        [.. offer.Prompts.Select(p => (SetItemKinds.Prompt, p.Key)), .. offer.Resources.Concat(offer.ResourceTemplates).Select(r => (SetItemKinds.Resource, r.Key))];
}

internal sealed class ToolSetConfiguration : IEntityTypeConfiguration<ToolSet>
{
    public void Configure(EntityTypeBuilder<ToolSet> builder)
    {
        builder.ToTable("tool_sets");
        builder.Property(s => s.Slug).HasMaxLength(Slug.MaxLength).UseCollation("C");
        // text, not jsonb: fixed arguments go to servers as they were written, number text included.
        builder.Property(s => s.Body).HasColumnType("text");
        builder.Ignore(s => s.Terms);
        builder.Property(s => s.Origin).HasMaxLength(DeclaredPlan.MaxOriginLength);
        builder.HasIndex(s => new { s.TenantId, s.Slug }).IsUnique().HasFilter("deleted_at IS NULL");
        builder.Property(s => s.Version).IsConcurrencyToken();
    }
}

internal sealed class ToolSetRevisionConfiguration : IEntityTypeConfiguration<ToolSetRevision>
{
    public void Configure(EntityTypeBuilder<ToolSetRevision> builder)
    {
        builder.ToTable("tool_set_revisions");
        builder.Property(r => r.By).HasMaxLength(ToolSetRevision.MaxByLength);
        builder.Property(r => r.Body).HasColumnType("text");
        builder.Ignore(r => r.Terms);
        builder.HasIndex(r => new { r.SetId, r.Version }).IsUnique();
    }
}
