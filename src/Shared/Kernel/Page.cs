using System.Buffers.Text;
using System.Text;

namespace McpPlatform.Kernel;

/// <summary>One page of a list in keyset order.</summary>
/// <param name="Items">At most the requested number of items.</param>
/// <param name="NextCursor">Opaque; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>The bounds of every list of the management API.</summary>
public static class Paging
{
    /// <summary>50: a screenful, and under 100 ms for every list we have.</summary>
    public const int DefaultLimit = 50;

    /// <summary>200: bounds the work of one request.</summary>
    public const int MaxLimit = 200;

    /// <summary>Checks a requested page size. Absent = <see cref="DefaultLimit"/>.</summary>
    public static Result<int> Limit(int? requested) => requested switch
    {
        null => DefaultLimit,
        >= 1 and <= MaxLimit => requested.Value,
        _ => Error.Invalid("paging.limit", $"limit must be between 1 and {MaxLimit}."),
    };

    private static Error NotOurs => Error.Invalid("paging.cursor", "cursor is not one that this API returned. Leave it out to start from the first page.");

    /// <summary>Makes an opaque cursor of the last item's sort key.</summary>
    public static string Cursor(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <summary>Reads back what <see cref="Cursor"/> made. Absent or empty = from the start; anything else that is no cursor is an error.</summary>
    public static Result<string?> Key(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return (string?)null;
        }

        if (cursor.Length > 1024 || !Base64Url.IsValid(cursor))
        {
            return NotOurs;
        }

        var key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return key.Contains('\0', StringComparison.Ordinal) || key.Contains('\uFFFD', StringComparison.Ordinal) ? NotOurs : key;
    }
}
