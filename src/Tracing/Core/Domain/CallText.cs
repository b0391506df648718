using System.Text;

namespace McpPlatform.Tracing.Domain;

/// <summary>
/// Makes any text storable. PostgreSQL refuses the character NUL, UTF-8 knows no lone surrogate, and every column has a length: one such character in one
/// record must not hold up the batch it came in.
/// </summary>
public static class CallText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// The text with U+FFFD for what cannot be stored, cut to <paramref name="maxLength"/> UTF-16 units, never within a surrogate pair. Absent = empty.
    /// </summary>
    public static string Clean(string? text, int maxLength)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var kept = text.Length <= maxLength ? text.Length : Cut(text, maxLength);
        var bad = FirstBad(text.AsSpan(0, kept));
        return bad < 0 ? kept == text.Length ? text : text[..kept] : Replace(text.AsSpan(0, kept), bad);
    }

    /// <summary>Like <see cref="Clean"/>, but absent stays absent.</summary>
    public static string? CleanOrNull(string? text, int maxLength) => text is null ? null : Clean(text, maxLength);

    private static int Cut(string text, int maxLength) =>
        char.IsHighSurrogate(text[maxLength - 1]) && char.IsLowSurrogate(text[maxLength]) ? maxLength - 1 : maxLength;

    private static int FirstBad(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Replace(ReadOnlySpan<char> text, int first)
    {
        var clean = new StringBuilder(text.Length).Append(text[..first]);
        while (first < text.Length)
        {
            clean.Append(Replacement);
            var rest = text[(first + 1)..];
            var next = FirstBad(rest);
            clean.Append(next < 0 ? rest : rest[..next]);
            first = next < 0 ? text.Length : first + 1 + next;
        }

        return clean.ToString();
    }
}
