using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Factory.Application.Packs;

/// <summary>Pack versions, newest first.</summary>
public sealed record ListPacks(int? Limit, string? Cursor) : IRequest<Result<Page<PackView>>>, IQuery;

/// <summary>One pack version.</summary>
public sealed record GetPack(string Namespace, string Name, string Version) : IRequest<Result<PackView>>, IQuery;

/// <summary>The compiled content of one pack version.</summary>
public sealed record GetPackLock(string Namespace, string Name, string Version) : IRequest<Result<PackContent>>, IQuery;

/// <param name="Hash">Of the content.</param>
public sealed record PackContent(byte[] Lock, string Hash);

internal sealed class ListPacksHandler(IPackStore packs) : IRequestHandler<ListPacks, Result<Page<PackView>>>
{
    public async Task<Result<Page<PackView>>> Handle(ListPacks request, CancellationToken cancellationToken)
    {
        var page = Pages.ById(request.Limit, request.Cursor);
        if (page.Error is { } error)
        {
            return error;
        }

        var (before, limit) = page.Value;
        var found = await packs.List(before, limit + 1, cancellationToken);
        return Pages.Of(found, limit, pack => pack.Id.ToString(), pack => PackViews.Of(pack));
    }
}

internal sealed class GetPackHandler(IPackStore packs) : IRequestHandler<GetPack, Result<PackView>>
{
    public async Task<Result<PackView>> Handle(GetPack request, CancellationToken cancellationToken) =>
        await packs.Find(request.Namespace, request.Name, request.Version, cancellationToken) is { } pack ? PackViews.Of(pack) : PackErrors.NotFound;
}

internal sealed class GetPackLockHandler(IPackStore packs) : IRequestHandler<GetPackLock, Result<PackContent>>
{
    public async Task<Result<PackContent>> Handle(GetPackLock request, CancellationToken cancellationToken) =>
        await packs.Find(request.Namespace, request.Name, request.Version, cancellationToken) is { } pack ? new PackContent(pack.Lock, pack.LockHash) : PackErrors.NotFound;
}

internal static class PackErrors
{
    public static Error NotFound { get; } = Error.NotFound("pack.not_found", "There is no such pack version.");
}
