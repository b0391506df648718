using System.Text;
using System.Text.Json;

namespace McpPlatform.Mcp.Json;

/// <summary>
/// Finds a property name among a few known ones, and tells a name that only a lenient reader would take for one of them. Readers behind us may fold case
/// (System.Text.Json web defaults, Go's encoding/json, which also folds U+017F to s and U+212A to k); a message that two readers understand differently is
/// how a policy gets bypassed, so such names are refused rather than passed on.
/// </summary>
internal sealed class JsonKeys(params string[] names)
{
    private const int LongestEscapedKey = 512;
    private readonly byte[][] _names = [.. names.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Index of the name the reader stands on, or -1. <paramref name="variant"/>: not the name, but one up to case.</summary>
    public int Find(ref Utf8JsonReader reader, out bool variant)
    {
        variant = false;
        var key = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            if (key.Length > LongestEscapedKey)
            {
                return -1;
            }

            Span<byte> scratch = stackalloc byte[LongestEscapedKey];
            return Match(scratch[..reader.CopyString(scratch)], out variant);
        }

        return Match(key, out variant);
    }

    /// <summary>True when the name the reader stands on contains U+0000, which C-like readers take for its end.</summary>
    public static bool HasNul(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped && reader.GetString()!.Contains('\0', StringComparison.Ordinal);

    private int Match(ReadOnlySpan<byte> key, out bool variant)
    {
        variant = false;
        for (var i = 0; i < _names.Length; i++)
        {
            if (key.SequenceEqual(_names[i]))
            {
                return i;
            }
        }

        foreach (var name in _names)
        {
            if (key.Length >= name.Length && key.Length <= name.Length * 3 && FoldsTo(key, name))
            {
                variant = true;
                break;
            }
        }

        return -1;
    }

    private static bool FoldsTo(ReadOnlySpan<byte> key, ReadOnlySpan<byte> name)
    {
        var at = 0;
        foreach (var expected in name)
        {
            var rest = key[at..];
            byte folded;
            if (rest.StartsWith("\u017F"u8))
            {
                (folded, at) = ((byte)'s', at + 2);
            }
            else if (rest.StartsWith("\u212A"u8))
            {
                (folded, at) = ((byte)'k', at + 3);
            }
            else if (!rest.IsEmpty)
            {
                (folded, at) = (Lower(rest[0]), at + 1);
            }
            else
            {
                return false;
            }

            if (folded != Lower(expected))
            {
                return false;
            }
        }

        return at == key.Length;
    }

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
