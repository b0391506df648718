using System.Globalization;
using System.Text;

namespace McpPlatform.Configuration.Text;

/// <summary>The four forms of strings in TOML.</summary>
internal static class TomlStrings
{
    /// <summary>The string that begins here, and behind it. Throws <see cref="UnreadableException"/>.</summary>
    public static string Read(TomlCursor at)
    {
        var quote = at.Next;
        var isLong = at.StartsWith(new string(quote, 3));
        at.Skip(isLong ? 3 : 1);
        if (isLong && at.Next is '\r' or '\n')
        {
            // The first line end does not belong to it.
            if (at.Next == '\r')
            {
                at.Advance();
            }

            at.Advance();
        }

        var said = new StringBuilder();
        while (true)
        {
            if (at.IsAtEnd || (!isLong && at.Next is '\n' or '\r'))
            {
                throw at.Wrong("The text does not end.", "Write the closing quotes.");
            }

            if (at.Next == quote && (!isLong || at.StartsWith(new string(quote, 3))))
            {
                at.Skip(isLong ? 3 : 1);
                return said.ToString();
            }

            if (quote == '"' && at.Next == '\\')
            {
                Escape(at, said, isLong);
                continue;
            }

            said.Append(at.Next);
            at.Advance();
        }
    }

    private static void Escape(TomlCursor at, StringBuilder said, bool isLong)
    {
        at.Skip(1);
        var escape = at.Next;
        if (isLong && char.IsWhiteSpace(escape))
        {
            // A line that goes on: what is blank up to the next text does not count.
            while (!at.IsAtEnd && char.IsWhiteSpace(at.Next))
            {
                at.Advance();
            }

            return;
        }

        at.Skip(1);
        switch (escape)
        {
            case 'b': said.Append('\b'); break;
            case 't': said.Append('\t'); break;
            case 'n': said.Append('\n'); break;
            case 'f': said.Append('\f'); break;
            case 'r': said.Append('\r'); break;
            case '"' or '\\': said.Append(escape); break;
            case 'u' or 'U':
                var length = escape == 'u' ? 4 : 8;
                if (at.Ahead(length) is not { Length: > 0 } digits
                    || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                    || !Rune.IsValid(code))
                {
                    throw at.Wrong("That is no character.", "Write four hexadecimal digits after \\u, or eight after \\U.");
                }

                said.Append(new Rune(code).ToString());
                at.Skip(length);
                break;
            default:
                throw at.Wrong("That escape is none of TOML's.", "Write a backslash twice, or use single quotes.");
        }
    }
}
