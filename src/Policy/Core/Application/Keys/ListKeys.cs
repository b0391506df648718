using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>The tenant's keys, oldest first; revoked ones only when asked for.</summary>
public sealed record ListKeys(int? Limit, string? Cursor, bool WithRevoked) : IRequest<Result<Page<KeyView>>>, IQuery;

internal sealed class ListKeysHandler(IApiKeys keys, TimeProvider clock) : IRequestHandler<ListKeys, Result<Page<KeyView>>>
{
    public async Task<Result<Page<KeyView>>> Handle(ListKeys request, CancellationToken cancellationToken)
    {
        var page = Rules.Page(request.Limit, request.Cursor);
        if (page.Error is { } error)
        {
            return error;
        }

        var (limit, after) = page.Value;
        Guid? afterId = null;
        if (after is not null)
        {
            if (!Guid.TryParse(after, out var id))
            {
                return Rules.ForeignCursor();
            }

            afterId = id;
        }

        var now = clock.GetUtcNow();
        var found = await keys.List(afterId, limit + 1, request.WithRevoked, cancellationToken);
        return new Page<KeyView>(
            [.. found.Take(limit).Select(k => KeyView.Of(k, now))],
            found.Count > limit ? Paging.Cursor(found[limit - 1].Id.ToString()) : null);
    }
}
