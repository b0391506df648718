using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Application.Embeddings;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class ToolEmbeddings(RegistryDbContext context) : IToolEmbeddings
{
    public async Task<MissingEmbeddings> Missing(string space, IReadOnlyCollection<string> except, int most, CancellationToken cancellationToken)
    {
        var sets = (await context.ToolSets.AsNoTracking().Where(s => s.DeletedAt == null).ToListAsync(cancellationToken))
            .Select(s => (s.TenantId, s.Terms)).Where(s => s.Terms is { Enabled: true, Disclosure: not ToolSetDisclosure.Off }).ToLookup(s => s.TenantId, s => s.Terms);
        if (sets.Count == 0)
        {
            return new([], 0);
        }

        var servers = (await context.Servers.AsNoTracking().Where(s => s.DeletedAt == null && s.Enabled).Select(s => new { s.Id, s.TenantId, s.Slug, s.Tags }).ToListAsync(cancellationToken))
            .Where(s => sets[s.TenantId].Any(terms => terms.Members.Any(member => member.Covers(s.Slug, s.Tags)))).ToDictionary(s => s.Id);
        var (ids, refused) = (servers.Keys.ToArray(), except.ToArray());
        var found = await context.CatalogTools.AsNoTracking()
            .Where(t => ids.Contains(t.ServerId) && !refused.Contains(t.Hash))
            .Where(t => !context.ToolEmbeddings.Any(e => e.TenantId == t.TenantId && e.Hash == t.Hash && e.Space == space))
            .Select(t => new { t.Id, t.TenantId, t.ServerId, t.Name, t.Hash }).ToListAsync(cancellationToken);
        var missing = found
            .Where(t => servers[t.ServerId] is var server && sets[t.TenantId].Any(terms => terms.Holds(server.Slug, server.Tags, SetItemKinds.Tool, t.Name)))
            .DistinctBy(t => (t.TenantId, t.Hash)).ToList();
        // Tenants take turns: who has thousands, or some that fail, holds nobody up.
        var first = missing.GroupBy(t => t.TenantId).SelectMany(own => own.OrderBy(t => t.Hash, StringComparer.Ordinal).Select((t, turn) => (t.Id, t.TenantId, turn)))
            .OrderBy(t => t.turn).ThenBy(t => t.TenantId).Take(most).Select(t => t.Id).ToList();
        var tools = await context.CatalogTools.AsNoTracking().Where(t => first.Contains(t.Id)).Select(t => new { t.TenantId, t.Hash, t.Name, t.Definition }).ToListAsync(cancellationToken);
        return new([.. tools.OrderBy(t => t.TenantId).Select(t => new MissingEmbedding(t.TenantId, t.Hash, EmbeddedText.Of(t.Name, t.Definition)))], missing.Count);
    }

    public async Task<IReadOnlyList<string>> Known(string space, IReadOnlyCollection<string> hashes, CancellationToken cancellationToken)
    {
        var wanted = hashes.ToArray();
        return await context.ToolEmbeddings.Where(e => e.Space == space && wanted.Contains(e.Hash)).Select(e => e.Hash).ToListAsync(cancellationToken);
    }

    public void Add(ToolEmbedding embedding) => context.ToolEmbeddings.Add(embedding);

    public Task<int> RemoveUnused(string space, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var old = now - TimeSpan.FromDays(1);
        return context.ToolEmbeddings
            .Where(e => (e.Space != space && e.CreatedAt < old)
                || !context.CatalogTools.Any(t => t.TenantId == e.TenantId && t.Hash == e.Hash && context.Servers.Any(s => s.Id == t.ServerId && s.DeletedAt == null)))
            .ExecuteDeleteAsync(cancellationToken);
    }
}

internal sealed class ToolEmbeddingConfiguration : IEntityTypeConfiguration<ToolEmbedding>
{
    public void Configure(EntityTypeBuilder<ToolEmbedding> builder)
    {
        builder.ToTable("tool_embeddings");
        builder.Property(e => e.Hash).HasMaxLength(CatalogTool.HashLength).UseCollation("C");
        builder.Property(e => e.Space).HasMaxLength(ToolEmbedding.MaxSpaceLength).UseCollation("C");
        builder.Property(e => e.Vector).HasMaxLength(ToolVector.MaxLength);
        builder.HasIndex(e => new { e.TenantId, e.Space, e.Hash }).IsUnique();
    }
}
