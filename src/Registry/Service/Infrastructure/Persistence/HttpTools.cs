using McpPlatform.Kernel;
using McpPlatform.Registry.Application.HttpTools;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class HttpTools(RegistryDbContext context) : IHttpTools
{
    public Task<HttpTool?> Find(Guid id, CancellationToken cancellationToken) => context.HttpTools.FirstOrDefaultAsync(t => t.Id == id, cancellationToken);

    public Task<bool> HasSlug(string slug, CancellationToken cancellationToken) => context.HttpTools.AnyAsync(t => t.Slug == slug && t.DeletedAt == null, cancellationToken);

    public Task<int> Count(CancellationToken cancellationToken) => context.HttpTools.CountAsync(t => t.DeletedAt == null, cancellationToken);

    public async Task<IReadOnlyList<HttpTool>> List(Guid? after, int limit, CancellationToken cancellationToken) => await context.HttpTools.AsNoTracking()
        .Where(t => t.DeletedAt == null && (after == null || t.Id > after)).OrderBy(t => t.Id).Take(limit).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<HttpToolRevision>> History(Guid toolId, CancellationToken cancellationToken) => await context.HttpToolRevisions.AsNoTracking()
        .Where(r => r.ToolId == toolId).OrderByDescending(r => r.Version).Take(Paging.MaxLimit).ToListAsync(cancellationToken);

    public void Add(HttpTool tool) => context.HttpTools.Add(tool);

    public void Add(HttpToolRevision revision) => context.HttpToolRevisions.Add(revision);
}

internal sealed class HttpToolConfiguration : IEntityTypeConfiguration<HttpTool>
{
    public void Configure(EntityTypeBuilder<HttpTool> builder)
    {
        builder.ToTable("http_tools");
        builder.Property(t => t.Name).HasMaxLength(HttpTool.MaxNameLength);
        builder.Property(t => t.Slug).HasMaxLength(Slug.MaxLength);
        builder.Property(t => t.Terms).HasColumnType("jsonb");
        builder.HasIndex(t => new { t.TenantId, t.Slug }).IsUnique().HasFilter("deleted_at IS NULL");
        builder.Property<uint>("xmin").IsRowVersion();
    }
}

internal sealed class HttpToolRevisionConfiguration : IEntityTypeConfiguration<HttpToolRevision>
{
    public void Configure(EntityTypeBuilder<HttpToolRevision> builder)
    {
        builder.ToTable("http_tool_revisions");
        builder.Property(r => r.By).HasMaxLength(HttpToolRevision.MaxByLength);
        builder.Property(r => r.Terms).HasColumnType("jsonb");
        builder.HasIndex(r => new { r.ToolId, r.Version }).IsUnique();
    }
}
