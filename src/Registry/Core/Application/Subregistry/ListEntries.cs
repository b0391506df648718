using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Subregistry;

/// <summary>The tenant's servers by name, each as it is now. Fails with <c>paging.limit</c> and <c>paging.cursor</c>.</summary>
public sealed record ListEntries(EntryFilter Filter, int? Limit, string? Cursor) : IRequest<Result<Page<RegistryEntry>>>, IQuery;

internal sealed class ListEntriesHandler(IServers servers, SubregistryName name) : IRequestHandler<ListEntries, Result<Page<RegistryEntry>>>
{
    /// <summary>30 by default and 100 at most, as the registries that are there have it.</summary>
    private const int DefaultLimit = 30;
    private const int MaxLimit = 100;

    public async Task<Result<Page<RegistryEntry>>> Handle(ListEntries request, CancellationToken cancellationToken)
    {
        if (request.Limit is < 1 or > MaxLimit)
        {
            return Error.Invalid("paging.limit", $"limit must be between 1 and {MaxLimit}.");
        }

        var after = Paging.Key(request.Cursor);
        if (after.Error is { } error)
        {
            return error;
        }

        var limit = request.Limit ?? DefaultLimit;
        var found = await servers.Entries(request.Filter, name.Space, after.Value, limit + 1, cancellationToken);
        return new Page<RegistryEntry>(
            [.. found.Take(limit).Select(server => RegistryEntry.Of(server, name.Space))],
            found.Count > limit ? Paging.Cursor(found[limit - 1].Slug) : null);
    }
}

/// <summary>The platform's name among registries.</summary>
/// <param name="Space">Reverse-DNS namespace of all its servers.</param>
public sealed record SubregistryName(string Space);
