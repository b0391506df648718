using System.Buffers;

namespace McpPlatform.Gateway.Redaction;

/// <summary>Secrets in text that a name announces: <c>password=x</c>, <c>Authorization: Bearer x</c>, <c>"token":"x"</c> (also with escaped quotes).</summary>
internal static class KeyedSecret
{
    private static readonly SearchValues<char> ValueStops = SearchValues.Create(" \t\r\n&,;)]}\"'<>\\");

    /// <summary>Looks at the separator (<c>:</c> or <c>=</c>) at a position.</summary>
    public static Found Examine(ReadOnlySpan<char> text, int separator)
    {
        var name = NameBefore(text, separator, out var quoted);
        if (name.IsEmpty || !SensitiveNames.Matches(name))
        {
            return Found.Nothing(separator + 1);
        }

        // "exit code: 1" is prose; "code=…" and "\"code\":\"…\"" are OAuth.
        if (text[separator] == ':' && !quoted && name.Equals("code", StringComparison.OrdinalIgnoreCase))
        {
            return Found.Nothing(separator + 1);
        }

        var start = separator + 1;
        while (start < text.Length && text[start] is ' ' or '\t')
        {
            start++;
        }

        var end = ValueEnd(text, ref start, name);
        var value = text[start..end];
        var harmless = value.IsEmpty || value is "null" or "true" or "false"
            || (SensitiveNames.KeepsNumbers(name) && !value.ContainsAnyExceptInRange('0', '9'));
        return harmless ? Found.Nothing(Math.Max(end, separator + 1)) : new Found(start, end - start, end);
    }

    private static ReadOnlySpan<char> NameBefore(ReadOnlySpan<char> text, int separator, out bool quoted)
    {
        var end = separator;
        while (end > 0 && text[end - 1] is ' ' or '\t')
        {
            end--;
        }

        quoted = end > 0 && text[end - 1] is '"' or '\'';
        while (end > 0 && text[end - 1] is '"' or '\'' or '\\' or ']')
        {
            end--;
        }

        var start = end;
        while (start > 0 && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '-' or '.'))
        {
            start--;
        }

        return text[start..end];
    }

    /// <summary>Where the value ends; moves the start behind an opening quote.</summary>
    private static int ValueEnd(ReadOnlySpan<char> text, ref int start, ReadOnlySpan<char> name)
    {
        if (start >= text.Length)
        {
            return start = text.Length;
        }

        var escaped = text[start] == '\\' && start + 1 < text.Length && text[start + 1] is '"' or '\'';
        if (escaped || text[start] is '"' or '\'')
        {
            start += escaped ? 1 : 0;
            var quote = text[start++];
            return ClosingQuote(text, start, quote, escaped);
        }

        if (text[start] is '{' or '[')
        {
            return ClosingBracket(text, start);
        }

        // Header values have spaces in them (scheme and credential, several cookies).
        var isHeader = name.Contains("authorization", StringComparison.OrdinalIgnoreCase) || name.Contains("cookie", StringComparison.OrdinalIgnoreCase);
        var end = isHeader ? text[start..].IndexOfAny("\r\n\"\\") : text[start..].IndexOfAny(ValueStops);
        return end < 0 ? text.Length : start + end;
    }

    private static int ClosingQuote(ReadOnlySpan<char> text, int start, char quote, bool escaped)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                if (escaped && text[i + 1] == quote)
                {
                    return i;
                }

                i++;
            }
            else if (text[i] == quote && !escaped)
            {
                return i;
            }
        }

        return text.Length;
    }

    private static int ClosingBracket(ReadOnlySpan<char> text, int start)
    {
        var depth = 0;
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] is '{' or '[')
            {
                depth++;
            }
            else if (text[i] is '}' or ']' && --depth == 0)
            {
                return i + 1;
            }
        }

        return text.Length;
    }
}
