using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>The tenant's servers by slug.</summary>
public sealed record ListServers(ServerFilter Filter, int? Limit, string? Cursor) : IRequest<Result<Page<ServerView>>>, IQuery;

internal sealed class ListServersHandler(IServers servers) : IRequestHandler<ListServers, Result<Page<ServerView>>>
{
    public async Task<Result<Page<ServerView>>> Handle(ListServers request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Limit), Paging.Key(request.Cursor));
        if ((limit.Error ?? after.Error) is { } error)
        {
            return error;
        }

        var found = await servers.List(request.Filter, after.Value, limit.Value + 1, cancellationToken);
        return new Page<ServerView>(
            [.. found.Take(limit.Value).Select(ServerView.Of)],
            found.Count > limit.Value ? Paging.Cursor(found[limit.Value - 1].Slug) : null);
    }
}
