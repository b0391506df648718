using System.Globalization;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>One set, with what it comes to now. Fails with <c>tool_sets.not_found</c>.</summary>
/// <param name="Set">Id or slug.</param>
public sealed record GetToolSet(string Set) : IRequest<Result<ToolSetView>>, IQuery;

internal sealed class GetToolSetHandler(IToolSets sets) : IRequestHandler<GetToolSet, Result<ToolSetView>>
{
    public async Task<Result<ToolSetView>> Handle(GetToolSet request, CancellationToken cancellationToken) =>
        await sets.Find(request.Set, cancellationToken) is { DeletedAt: null } set ? await ToolSetView.Of(set, sets, cancellationToken) : ToolSetView.NotFound();
}

/// <summary>The tenant's sets by slug.</summary>
public sealed record ListToolSets(int? Limit, string? Cursor) : IRequest<Result<Page<ToolSetView>>>, IQuery;

internal sealed class ListToolSetsHandler(IToolSets sets) : IRequestHandler<ListToolSets, Result<Page<ToolSetView>>>
{
    public async Task<Result<Page<ToolSetView>>> Handle(ListToolSets request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Limit), Paging.Key(request.Cursor));
        if ((limit.Error ?? after.Error) is { } error)
        {
            return error;
        }

        var found = await sets.List(after.Value, limit.Value + 1, cancellationToken);
        return new Page<ToolSetView>([.. found.Take(limit.Value).Select(ToolSetView.Of)], found.Count > limit.Value ? Paging.Cursor(found[limit.Value - 1].Slug) : null);
    }
}

/// <summary>All versions of a set, newest first; by id also of one that is deleted. Fails with <c>tool_sets.not_found</c>.</summary>
public sealed record GetToolSetVersions(string Set, int? Limit, string? Cursor) : IRequest<Result<Page<ToolSetRevisionView>>>, IQuery;

internal sealed class GetToolSetVersionsHandler(IToolSets sets) : IRequestHandler<GetToolSetVersions, Result<Page<ToolSetRevisionView>>>
{
    public async Task<Result<Page<ToolSetRevisionView>>> Handle(GetToolSetVersions request, CancellationToken cancellationToken)
    {
        var (limit, key) = (Paging.Limit(request.Limit), Paging.Key(request.Cursor));
        if ((limit.Error ?? key.Error) is { } error)
        {
            return error;
        }

        int? before = null;
        if (key.Value is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                return Error.Invalid("paging.cursor", "cursor is not one that this list returned. Leave it out to start from the first page.");
            }

            before = version;
        }

        if (await sets.Find(request.Set, cancellationToken) is not { } set)
        {
            return ToolSetView.NotFound();
        }

        var found = await sets.History(set.Id, before, limit.Value + 1, cancellationToken);
        return new Page<ToolSetRevisionView>(
            [.. found.Take(limit.Value).Select(ToolSetRevisionView.Of)],
            found.Count > limit.Value ? Paging.Cursor(found[limit.Value - 1].Version.ToString(CultureInfo.InvariantCulture)) : null);
    }
}

/// <summary>One version of a set. Fails with <c>tool_sets.not_found</c>, <c>tool_sets.no_version</c>.</summary>
public sealed record GetToolSetVersion(string Set, int Version) : IRequest<Result<ToolSetRevisionView>>, IQuery;

internal sealed class GetToolSetVersionHandler(IToolSets sets) : IRequestHandler<GetToolSetVersion, Result<ToolSetRevisionView>>
{
    public async Task<Result<ToolSetRevisionView>> Handle(GetToolSetVersion request, CancellationToken cancellationToken) =>
        await sets.Find(request.Set, cancellationToken) is not { } set ? ToolSetView.NotFound()
        : await sets.Find(set.Id, request.Version, cancellationToken) is { } revision ? ToolSetRevisionView.Of(revision)
        : ToolSetView.NoVersion(request.Version);
}

/// <summary>What is different between two versions. Fails with <c>tool_sets.not_found</c>, <c>tool_sets.no_version</c>.</summary>
/// <param name="From">Null = the one before <paramref name="To"/>.</param>
/// <param name="To">Null = the newest.</param>
public sealed record DiffToolSet(string Set, int? From, int? To) : IRequest<Result<ToolSetDifference>>, IQuery;

internal sealed class DiffToolSetHandler(IToolSets sets) : IRequestHandler<DiffToolSet, Result<ToolSetDifference>>
{
    public async Task<Result<ToolSetDifference>> Handle(DiffToolSet request, CancellationToken cancellationToken)
    {
        if (await sets.Find(request.Set, cancellationToken) is not { } set)
        {
            return ToolSetView.NotFound();
        }

        var to = request.To ?? set.Version;
        var from = request.From ?? Math.Max(1, to - 1);
        return await sets.Find(set.Id, from, cancellationToken) is not { } before ? ToolSetView.NoVersion(from)
            : await sets.Find(set.Id, to, cancellationToken) is not { } after ? ToolSetView.NoVersion(to)
            : ToolSetDifference.Between(before, after);
    }
}
