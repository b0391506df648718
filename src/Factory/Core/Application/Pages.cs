using McpPlatform.Kernel;

namespace McpPlatform.Factory.Application;

/// <summary>Keyset pages.</summary>
internal static class Pages
{
    /// <summary>Reads a page request over ids, newest first.</summary>
    public static Result<(Guid? Before, int Limit)> ById(int? limit, string? cursor)
    {
        var page = ByKey(limit, cursor);
        if (page.Error is { } error)
        {
            return error;
        }

        var (key, size) = page.Value;
        if (key is null)
        {
            return ((Guid?)null, size);
        }

        return Guid.TryParse(key, out var id) ? ((Guid?)id, size) : Error.Invalid("paging.cursor", "cursor is not one that this API returned. Leave it out to start from the first page.");
    }

    /// <summary>Reads a page request over names.</summary>
    public static Result<(string? After, int Limit)> ByKey(int? limit, string? cursor)
    {
        var size = Paging.Limit(limit);
        var key = Paging.Key(cursor);
        return size.Error is { } bad ? bad : key.Error is { } none ? none : (key.Value, size.Value);
    }

    /// <summary>Makes a page of at most <paramref name="limit"/> items out of one more than that.</summary>
    public static Page<TView> Of<T, TView>(IReadOnlyList<T> found, int limit, Func<T, string> key, Func<T, TView> view) =>
        new([.. found.Take(limit).Select(view)], found.Count > limit ? Paging.Cursor(key(found[limit - 1])) : null);
}
