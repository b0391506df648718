using McpPlatform.Registry.Application;
using McpPlatform.Registry.Application.Subregistry;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class Servers(RegistryDbContext context) : IServers
{
    public async Task<RegisteredServer?> Find(string idOrSlug, CancellationToken cancellationToken)
    {
        // A slug may have the form of an id, so an id that is none of ours is tried as a slug.
        var byId = Guid.TryParse(idOrSlug, out var id) ? await context.Servers.FirstOrDefaultAsync(s => s.Id == id, cancellationToken) : null;
        return byId ?? await context.Servers.FirstOrDefaultAsync(s => s.Slug == idOrSlug && s.DeletedAt == null, cancellationToken);
    }

    public Task<RegisteredServer?> FindDeployment(Guid deploymentId, CancellationToken cancellationToken) =>
        context.Servers.FirstOrDefaultAsync(s => s.DeploymentId == deploymentId && s.DeletedAt == null, cancellationToken);

    public Task<int> Count(CancellationToken cancellationToken) => context.Servers.CountAsync(s => s.DeletedAt == null, cancellationToken);

    public async Task<IReadOnlyList<RegisteredServer>> Present(CancellationToken cancellationToken) => await context.Servers.Where(s => s.DeletedAt == null).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<RegisteredServer>> List(ServerFilter filter, string? afterSlug, int limit, CancellationToken cancellationToken)
    {
        var found = context.Servers.AsNoTracking().Where(s => s.DeletedAt == null && (afterSlug == null || string.Compare(s.Slug, afterSlug) > 0));
        if (filter.Text is { Length: > 0 } text)
        {
            var pattern = Containing(text);
            found = found.Where(s => EF.Functions.ILike(s.Slug, pattern, @"\") || EF.Functions.ILike(s.Title, pattern, @"\"));
        }

        if (filter.Tag is { } tag)
        {
            found = found.Where(s => s.Tags.Contains(tag));
        }

        if (filter.Transport is { } transport)
        {
            found = found.Where(s => s.Transport == transport);
        }

        if (filter.Health is { } health)
        {
            found = found.Where(s => s.Seen.Health == health);
        }

        return await found.OrderBy(s => s.Slug).Take(limit).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<RegisteredServer>> Entries(EntryFilter filter, string space, string? afterSlug, int limit, CancellationToken cancellationToken)
    {
        var found = context.Servers.AsNoTracking().Where(s => afterSlug == null || string.Compare(s.Slug, afterSlug) > 0);
        found = filter.WithInactive
            ? found.Where(s => s.DeletedAt == null || !context.Servers.Any(o => o.Slug == s.Slug && o.Id != s.Id && (o.DeletedAt == null || o.DeletedAt > s.DeletedAt)))
            : found.Where(s => s.DeletedAt == null && s.Enabled);
        if (filter.UpdatedSince is { } since)
        {
            found = found.Where(s => s.UpdatedAt >= since);
        }

        if (filter.Text is { Length: > 0 } text)
        {
            var pattern = Containing(text);
            found = found.Where(s => EF.Functions.ILike(space + "/" + s.Slug, pattern, @"\"));
        }

        return await found.OrderBy(s => s.Slug).Take(limit).ToListAsync(cancellationToken);
    }

    public void Add(RegisteredServer server) => context.Servers.Add(server);

    private static string Containing(string text) =>
        $"%{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
}
