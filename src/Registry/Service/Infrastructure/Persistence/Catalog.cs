using McpPlatform.Registry.Application;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class Catalog(RegistryDbContext context) : ICatalog
{
    public async Task<IReadOnlyList<CatalogTool>> ToolsOf(Guid serverId, CancellationToken cancellationToken) =>
        await context.CatalogTools.Where(t => t.ServerId == serverId).ToListAsync(cancellationToken);

    public void Add(CatalogTool tool) => context.CatalogTools.Add(tool);

    public void Remove(CatalogTool tool) => context.CatalogTools.Remove(tool);

    public Task<CatalogOffer?> OfferOf(Guid serverId, CancellationToken cancellationToken) =>
        context.CatalogOffers.FirstOrDefaultAsync(o => o.ServerId == serverId, cancellationToken);

    public void Add(CatalogOffer offer) => context.CatalogOffers.Add(offer);

    public void Add(CatalogChange change) => context.CatalogChanges.Add(change);

    public Task<PinnedDefinitions?> PinsOf(Guid serverId, CancellationToken cancellationToken) => context.PinnedDefinitions.FirstOrDefaultAsync(p => p.ServerId == serverId, cancellationToken);

    public void Add(PinnedDefinitions pins) => context.PinnedDefinitions.Add(pins);

    public void Remove(PinnedDefinitions pins) => context.PinnedDefinitions.Remove(pins);

    public async Task<IReadOnlyList<ForeignTool>> ToolsOfOthers(Guid serverId, CancellationToken cancellationToken) =>
        await (from tool in context.CatalogTools.AsNoTracking()
               join server in context.Servers on tool.ServerId equals server.Id
               where server.DeletedAt == null && server.Enabled && server.Id != serverId
               orderby server.Slug, tool.Name
               select new ForeignTool(server.Slug, tool.Name)).ToListAsync(cancellationToken);

    public Task<FoundTool?> Find(string server, string tool, CancellationToken cancellationToken) =>
        Living(query: null).Where(t => t.Server == server && t.Name == tool).FirstOrDefaultAsync(cancellationToken);

    public async Task<IReadOnlyList<FoundTool>> Search(ToolFilter filter, ToolPosition? after, int limit, CancellationToken cancellationToken)
    {
        var found = Living(filter.Text);
        if (filter.Server is { } server)
        {
            found = found.Where(t => t.Server == server);
        }

        if (filter.Tag is { } tag)
        {
            found = found.Where(t => context.Servers.Any(s => s.Id == t.ServerId && s.Tags.Contains(tag)));
        }

        if (after is { } position)
        {
            found = found.Where(t => t.Rank < position.Rank
                || (t.Rank == position.Rank && (string.Compare(t.Server, position.Server) > 0 || (t.Server == position.Server && string.Compare(t.Name, position.Name) > 0))));
        }

        return await found.OrderByDescending(t => t.Rank).ThenBy(t => t.Server).ThenBy(t => t.Name).Take(limit).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<CatalogChange>> ChangesOf(Guid serverId, int limit, CancellationToken cancellationToken) =>
        await context.CatalogChanges.AsNoTracking().Where(c => c.ServerId == serverId).OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Take(limit).ToListAsync(cancellationToken);

    private IQueryable<FoundTool> Living(string? query)
    {
        var tools = context.CatalogTools.AsNoTracking();
        if (query is not null)
        {
            tools = tools.Where(t => EF.Property<NpgsqlTsVector>(t, CatalogToolConfiguration.Search).Matches(EF.Functions.WebSearchToTsQuery("english", query)));
        }

        return from tool in tools
               join server in context.Servers on tool.ServerId equals server.Id
               where server.DeletedAt == null
               select new FoundTool
               {
                   ServerId = tool.ServerId,
                   Server = server.Slug,
                   Name = tool.Name,
                   Description = tool.Description,
                   Hash = tool.Hash,
                   Definition = tool.Definition,
                   Repairs = tool.Repairs,
                   Enabled = server.Enabled,
                   Health = server.Seen.Health,
                   Rank = query == null ? 0 : EF.Property<NpgsqlTsVector>(tool, CatalogToolConfiguration.Search).Rank(EF.Functions.WebSearchToTsQuery("english", query)),
               };
    }
}
