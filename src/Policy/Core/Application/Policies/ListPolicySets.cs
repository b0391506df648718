using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Policies;

/// <summary>The tenant's policy sets and the built-in roles, by name.</summary>
public sealed record ListPolicySets(int? Limit, string? Cursor) : IRequest<Result<Page<PolicySetView>>>, IQuery;

internal sealed class ListPolicySetsHandler(IPolicySets policySets) : IRequestHandler<ListPolicySets, Result<Page<PolicySetView>>>
{
    public async Task<Result<Page<PolicySetView>>> Handle(ListPolicySets request, CancellationToken cancellationToken)
    {
        var page = Rules.Page(request.Limit, request.Cursor);
        if (page.Error is { } error)
        {
            return error;
        }

        var (limit, after) = page.Value;
        var stored = await policySets.List(after, limit + 1, cancellationToken);
        PolicySetView[] found =
        [
            .. PolicySetView.BuiltIns.Where(b => string.CompareOrdinal(b.Name, after) > 0)
                .Concat(stored.Select(PolicySetView.Of))
                .OrderBy(v => v.Name, StringComparer.Ordinal)
                .Take(limit + 1),
        ];
        return new Page<PolicySetView>([.. found.Take(limit)], found.Length > limit ? Paging.Cursor(found[limit - 1].Name) : null);
    }
}
