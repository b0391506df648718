using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Routes;

/// <summary>One route. Fails with <c>routes.not_found</c>.</summary>
public sealed record GetRoute(Guid Id) : IRequest<Result<RouteView>>, IQuery;

internal sealed class GetRouteHandler(IRoutes routes) : IRequestHandler<GetRoute, Result<RouteView>>
{
    public async Task<Result<RouteView>> Handle(GetRoute request, CancellationToken cancellationToken) =>
        await routes.Find(request.Id, cancellationToken) is { } route ? RouteView.Of(route) : RouteView.NotFound();
}

/// <summary>The tenant's routes, oldest first.</summary>
/// <param name="Intent">Only of this one.</param>
public sealed record ListRoutes(string? Intent, int? Limit, string? Cursor) : IRequest<Result<Page<RouteView>>>, IQuery;

internal sealed class ListRoutesHandler(IRoutes routes) : IRequestHandler<ListRoutes, Result<Page<RouteView>>>
{
    public async Task<Result<Page<RouteView>>> Handle(ListRoutes request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Limit), IdCursor.Read(request.Cursor));
        if ((limit.Error ?? after.Error) is { } error)
        {
            return error;
        }

        var found = await routes.List(request.Intent, after.Value, limit.Value + 1, cancellationToken);
        return new Page<RouteView>([.. found.Take(limit.Value).Select(RouteView.Of)], found.Count > limit.Value ? IdCursor.Of(found[limit.Value - 1].Id) : null);
    }
}

/// <summary>Cursors of lists by id.</summary>
internal static class IdCursor
{
    public static string Of(Guid id) => Paging.Cursor(id.ToString("d"));

    public static Result<Guid?> Read(string? cursor)
    {
        var key = Paging.Key(cursor);
        return key.Error is { } error ? error
            : key.Value is not { } text ? (Guid?)null
            : Guid.TryParseExact(text, "d", out var id) ? (Guid?)id
            : Error.Invalid("paging.cursor", "cursor is not one that this list returned. Leave it out to start from the first page.");
    }
}
