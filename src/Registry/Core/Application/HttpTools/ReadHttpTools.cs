using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.HttpTools;

/// <summary>One tool. Fails with <c>tools.not_found</c>.</summary>
public sealed record GetHttpTool(Guid Id) : IRequest<Result<HttpToolView>>, IQuery;

internal sealed class GetHttpToolHandler(IHttpTools tools) : IRequestHandler<GetHttpTool, Result<HttpToolView>>
{
    public async Task<Result<HttpToolView>> Handle(GetHttpTool request, CancellationToken cancellationToken) =>
        await tools.Find(request.Id, cancellationToken) is { DeletedAt: null } tool ? HttpToolView.Of(tool) : HttpToolView.NotFound();
}

/// <summary>The tenant's tools that were registered as HTTP operations, oldest first.</summary>
public sealed record ListHttpTools(int? Limit, string? Cursor) : IRequest<Result<Page<HttpToolView>>>, IQuery;

internal sealed class ListHttpToolsHandler(IHttpTools tools) : IRequestHandler<ListHttpTools, Result<Page<HttpToolView>>>
{
    public async Task<Result<Page<HttpToolView>>> Handle(ListHttpTools request, CancellationToken cancellationToken)
    {
        var (limit, key) = (Paging.Limit(request.Limit), Paging.Key(request.Cursor));
        if ((limit.Error ?? key.Error) is { } error)
        {
            return error;
        }

        Guid? after = null;
        if (key.Value is { } text)
        {
            if (!Guid.TryParseExact(text, "d", out var id))
            {
                return Error.Invalid("paging.cursor", "cursor is not one that this list returned. Leave it out to start from the first page.");
            }

            after = id;
        }

        var found = await tools.List(after, limit.Value + 1, cancellationToken);
        return new Page<HttpToolView>(
            [.. found.Take(limit.Value).Select(HttpToolView.Of)],
            found.Count > limit.Value ? Paging.Cursor(found[limit.Value - 1].Id.ToString("d")) : null);
    }
}

/// <summary>All versions of a tool, newest first; also of a deleted one. Fails with <c>tools.not_found</c>.</summary>
public sealed record GetHttpToolHistory(Guid Id) : IRequest<Result<Page<HttpToolRevisionView>>>, IQuery;

internal sealed class GetHttpToolHistoryHandler(IHttpTools tools) : IRequestHandler<GetHttpToolHistory, Result<Page<HttpToolRevisionView>>>
{
    public async Task<Result<Page<HttpToolRevisionView>>> Handle(GetHttpToolHistory request, CancellationToken cancellationToken)
    {
        var history = await tools.History(request.Id, cancellationToken);
        return history.Count == 0
            ? HttpToolView.NotFound()
            : new Page<HttpToolRevisionView>([.. history.Select(r => new HttpToolRevisionView(r.Version, r.At, r.By, r.Removed, HttpToolTerms.Read(r.Terms)))], null);
    }
}
