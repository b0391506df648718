namespace McpPlatform.Configuration.Text;

/// <summary>A place in a TOML text that moves on, and knows its line.</summary>
internal sealed class TomlCursor(string text, string source)
{
    private int _at;
    private int _line = 1;
    private int _start;

    public Mark Here => new(source, _line, _at - _start + 1);

    public bool IsAtEnd => _at >= text.Length;

    /// <summary>NUL at the end.</summary>
    public char Next => _at < text.Length ? text[_at] : '\0';

    /// <summary>What was passed before; NUL at the beginning.</summary>
    public char Last => _at > 0 ? text[_at - 1] : '\0';

    public bool StartsWith(string said) => text.AsSpan(_at).StartsWith(said);

    /// <summary>So many characters from here; empty when there are not as many.</summary>
    public ReadOnlySpan<char> Ahead(int length) => _at + length > text.Length ? default : text.AsSpan(_at, length);

    /// <summary>Passes so many characters of one line.</summary>
    public void Skip(int count) => _at += count;

    /// <summary>Passes one character, which may end the line.</summary>
    public void Advance()
    {
        if (text[_at++] == '\n')
        {
            (_line, _start) = (_line + 1, _at);
        }
    }

    /// <summary>Passes a character when it is the next one.</summary>
    public bool Take(char c)
    {
        var isThere = Next == c && _at < text.Length;
        _at += isThere ? 1 : 0;
        return isThere;
    }

    /// <summary>Passes all that belongs to a word, and returns it.</summary>
    public string Bare(Func<char, bool> belongs)
    {
        var from = _at;
        while (_at < text.Length && belongs(text[_at]))
        {
            _at++;
        }

        return text[from.._at];
    }

    public void SkipBlanks()
    {
        while (Next is ' ' or '\t')
        {
            _at++;
        }
    }

    /// <summary>Blanks, comments and line ends.</summary>
    public void SkipLines()
    {
        for (SkipBlanks(); _at < text.Length && Next is '#' or '\n' or '\r'; SkipBlanks())
        {
            if (Next == '#')
            {
                while (_at < text.Length && Next != '\n')
                {
                    _at++;
                }
            }
            else
            {
                Advance();
            }
        }
    }

    public UnreadableException Wrong(string reason, string fix) => new(Here, reason, fix);
}
