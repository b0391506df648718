using System.Buffers;
using System.Text;

namespace McpPlatform.Packs.Wire;

/// <summary>Percent-encoding of RFC 3986, by the set of characters that stay.</summary>
internal static class PercentEncoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static readonly SearchValues<byte> KeptAlways = SearchValues.Create(Encoding.ASCII.GetBytes(Unreserved));

    // '&' and '#' would end the value and let it add parameters of its own: they are encoded even where an API allows reserved characters.
    private static readonly SearchValues<byte> KeptReserved = SearchValues.Create(Encoding.ASCII.GetBytes(Unreserved + ":/?[]@!$'()*+,;="));

    /// <summary>Encodes all but unreserved characters; with <paramref name="allowReserved"/> reserved ones stay too, but for <c>&amp;</c> and <c>#</c>.</summary>
    public static string Encode(string text, bool allowReserved = false)
    {
        var kept = allowReserved ? KeptReserved : KeptAlways;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!bytes.AsSpan().ContainsAnyExcept(kept))
        {
            return text;
        }

        var encoded = new StringBuilder(bytes.Length * 2);
        foreach (var b in bytes)
        {
            _ = kept.Contains(b) ? encoded.Append((char)b) : encoded.Append('%').Append(Convert.ToHexString([b]));
        }

        return encoded.ToString();
    }
}
