using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>The latest changes of a server's catalog, newest first, at most <see cref="Paging.MaxLimit"/>. Fails with <c>servers.not_found</c>.</summary>
public sealed record ListChanges(string Server, int? Limit) : IRequest<Result<Page<CatalogChangeView>>>, IQuery;

/// <summary>Names of tools that came, changed and went at one look.</summary>
public sealed record CatalogChangeView(DateTimeOffset At, string CatalogHash, IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed);

internal sealed class ListChangesHandler(IServers servers, ICatalog catalog) : IRequestHandler<ListChanges, Result<Page<CatalogChangeView>>>
{
    public async Task<Result<Page<CatalogChangeView>>> Handle(ListChanges request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Limit);
        if (limit.Error is { } error)
        {
            return error;
        }

        if (await servers.Find(request.Server, cancellationToken) is not { DeletedAt: null } server)
        {
            return ServerView.NotFound();
        }

        var changes = await catalog.ChangesOf(server.Id, limit.Value, cancellationToken);
        return new Page<CatalogChangeView>([.. changes.Select(c => new CatalogChangeView(c.At, c.CatalogHash, c.Added, c.Changed, c.Removed))], null);
    }
}
