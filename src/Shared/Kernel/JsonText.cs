using System.Globalization;

namespace McpPlatform.Kernel;

/// <summary>What JSON allows and no text is.</summary>
public static class JsonText
{
    /// <summary>
    /// Whether a JSON document holds half of a surrogate pair as an escape (<c>"\ud800"</c>). It is JSON by its grammar (RFC 8259 §8.2), but no characters:
    /// reading such a string throws later, where nobody expects it, and other readers make something else of it.
    /// </summary>
    /// <param name="utf8">Well-formed JSON: a backslash stands in strings only.</param>
    public static bool HasHalfPair(ReadOnlySpan<byte> utf8)
    {
        while (utf8.IndexOf((byte)'\\') is >= 0 and var at)
        {
            utf8 = utf8[at..];
            switch (Escaped(utf8))
            {
                case char high when char.IsHighSurrogate(high):
                    if (Escaped(utf8[6..]) is not { } second || !char.IsLowSurrogate(second))
                    {
                        return true;
                    }

                    utf8 = utf8[12..];
                    break;
                case char low when char.IsLowSurrogate(low):
                    return true;
                default:
                    utf8 = utf8[Math.Min(2, utf8.Length)..];
                    break;
            }
        }

        return false;
    }

    private static char? Escaped(ReadOnlySpan<byte> utf8) =>
        utf8 is [(byte)'\\', (byte)'u', _, _, _, _, ..] && ushort.TryParse(utf8[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;
}
