using System.Text;
using System.Text.Json;

namespace McpPlatform.Gateway.Redaction;

/// <summary>Text of JSON that is cut to a length, where nothing is torn: no escape, no character of several bytes, no surrogate pair.</summary>
internal static class CutText
{
    /// <summary>How many characters take at most so many bytes when written as a JSON string.</summary>
    public static int Fit(ReadOnlySpan<char> text, int bytes)
    {
        if (text.Length * 6L <= bytes)
        {
            return text.Length;
        }

        for (var i = 0; i < text.Length; i++)
        {
            bytes -= text[i] switch
            {
                '"' or '\\' => 2,
                < ' ' or >= '\ud800' or '\u2028' or '\u2029' => 6,
                < '\u007f' => 1,
                _ => 6,
            };
            if (bytes < 0)
            {
                return i > 0 && char.IsHighSurrogate(text[i - 1]) ? i - 1 : i;
            }
        }

        return text.Length;
    }

    /// <summary>The decoded head of a name or string; the whole of it when it is short enough.</summary>
    public static string Head(ref Utf8JsonReader reader, int maxLength, out bool cut)
    {
        cut = reader.ValueSpan.Length > maxLength * 6L;
        if (!cut)
        {
            var whole = reader.GetString()!;
            cut = whole.Length > maxLength;
            return cut ? whole[..(char.IsHighSurrogate(whole[maxLength - 1]) ? maxLength - 1 : maxLength)] : whole;
        }

        var head = reader.ValueSpan[..(maxLength * 6)];
        var length = Math.Min(maxLength, head.Length);
        while (length > 0 && (head[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return reader.ValueIsEscaped ? Unescape(head[..length]) : Encoding.UTF8.GetString(head[..length]);
    }

    private static string Unescape(ReadOnlySpan<byte> escaped)
    {
        // Stop before an escape that the cut may have split, and before half of a surrogate pair.
        var end = 0;
        while (end < escaped.Length)
        {
            var step = escaped[end] != '\\' ? 1 : end + 1 < escaped.Length && escaped[end + 1] == 'u' ? 6 : 2;
            if (step == 6 && end + 6 <= escaped.Length && escaped[end + 2] is (byte)'d' or (byte)'D' && escaped[end + 3] is not (>= (byte)'0' and <= (byte)'7'))
            {
                step = 12;
            }

            if (end + step > escaped.Length)
            {
                break;
            }

            end += step;
        }

        var quoted = new byte[end + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        escaped[..end].CopyTo(quoted.AsSpan(1));
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        return reader.GetString()!;
    }
}
