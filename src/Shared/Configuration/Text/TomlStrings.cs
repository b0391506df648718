using System.Globalization;
using System.Text;

namespace McpPlatform.Configuration.Text;

/// <summary>The four forms of strings.</summary>
internal sealed partial class TomlConfig
{
    private string Quoted()
    {
        var quote = Next;
        var isLong = text.AsSpan(_at).StartsWith(new string(quote, 3));
        _at += isLong ? 3 : 1;
        if (isLong && Next is '\r' or '\n')
        {
            // The first line end does not belong to it.
            if (Next == '\r')
            {
                Advance();
            }

            Advance();
        }

        var said = new StringBuilder();
        while (true)
        {
            if (_at >= text.Length || (!isLong && Next is '\n' or '\r'))
            {
                throw Wrong("The text does not end.", "Write the closing quotes.");
            }

            if (Next == quote && (!isLong || text.AsSpan(_at).StartsWith(new string(quote, 3))))
            {
                _at += isLong ? 3 : 1;
                return said.ToString();
            }

            if (quote == '"' && Next == '\\')
            {
                Escape(said, isLong);
                continue;
            }

            said.Append(Next);
            Advance();
        }
    }

    private void Escape(StringBuilder said, bool isLong)
    {
        _at++;
        var escape = Next;
        if (isLong && char.IsWhiteSpace(escape))
        {
            // A line that goes on: what is blank up to the next text does not count.
            while (_at < text.Length && char.IsWhiteSpace(Next))
            {
                Advance();
            }

            return;
        }

        _at++;
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
                if (_at + length > text.Length
                    || !int.TryParse(text.AsSpan(_at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                    || !Rune.IsValid(code))
                {
                    throw Wrong("That is no character.", "Write four hexadecimal digits after \\u, or eight after \\U.");
                }

                said.Append(new Rune(code).ToString());
                _at += length;
                break;
            default:
                throw Wrong("That escape is none of TOML's.", "Write a backslash twice, or use single quotes.");
        }
    }
}
