using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Breakers;

/// <summary>One server's health, by id or slug. Fails with <c>servers.not_found</c>.</summary>
public sealed record GetServerHealth(string Server) : IRequest<Result<ServerHealthView>>, IQuery;

internal sealed class GetServerHealthHandler(IServers servers, IEndpointReports reports, TimeProvider clock) : IRequestHandler<GetServerHealth, Result<ServerHealthView>>
{
    public async Task<Result<ServerHealthView>> Handle(GetServerHealth request, CancellationToken cancellationToken) =>
        await servers.Find(request.Server, cancellationToken) is { DeletedAt: null } server
            ? new ServerHealthView(
                server.Id, server.Slug, server.Seen.Health, server.Seen.Message, server.Seen.At,
                [.. BreakerView.Of(server, await reports.Since(clock.GetUtcNow() - EndpointReports.ValidFor, cancellationToken))])
            : ServerView.NotFound();
}

/// <summary>The breakers of the tenant's servers, by slug; a page holds whole servers.</summary>
public sealed record ListBreakers(int? Limit, string? Cursor) : IRequest<Result<Page<BreakerView>>>, IQuery;

internal sealed class ListBreakersHandler(IServers servers, IEndpointReports reports, TimeProvider clock) : IRequestHandler<ListBreakers, Result<Page<BreakerView>>>
{
    public async Task<Result<Page<BreakerView>>> Handle(ListBreakers request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Limit), Paging.Key(request.Cursor));
        if ((limit.Error ?? after.Error) is { } error)
        {
            return error;
        }

        var found = await servers.List(new ServerFilter(null, null, null, null), after.Value, limit.Value + 1, cancellationToken);
        var seen = await reports.Since(clock.GetUtcNow() - EndpointReports.ValidFor, cancellationToken);
        return new Page<BreakerView>(
            [.. found.Take(limit.Value).SelectMany(server => BreakerView.Of(server, seen))],
            found.Count > limit.Value ? Paging.Cursor(found[limit.Value - 1].Slug) : null);
    }
}
