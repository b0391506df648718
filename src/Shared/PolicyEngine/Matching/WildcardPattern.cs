namespace McpPlatform.PolicyEngine.Matching;

/// <summary>
/// A pattern in which <c>*</c> stands for any run of characters, the empty one and <c>/</c> included; everything else stands for itself, case matters.
/// Matching takes time linear in the text, whatever the pattern: each literal part is sought leftmost (the greedy choice is optimal where only <c>*</c>
/// exists), with a Knuth-Morris-Pratt search that never goes back.
/// </summary>
internal sealed class WildcardPattern
{
    private readonly LiteralPart[] _middle;

    private WildcardPattern(string text)
    {
        Text = text;
        var parts = text.Split('*');
        IsLiteral = parts.Length == 1;
        Head = parts[0];
        Tail = IsLiteral ? "" : parts[^1];
        _middle = IsLiteral ? [] : [.. parts[1..^1].Where(p => p.Length > 0).Select(p => new LiteralPart(p))];
    }

    public string Text { get; }

    /// <summary>True without <c>*</c>.</summary>
    public bool IsLiteral { get; }

    /// <summary>What stands before the first <c>*</c>; everything when there is none.</summary>
    public string Head { get; }

    /// <summary>What stands after the last <c>*</c>; nothing when there is none.</summary>
    public string Tail { get; }

    public static WildcardPattern Compile(string text) => new(text);

    public bool Matches(ReadOnlySpan<char> text)
    {
        if (IsLiteral)
        {
            return text.SequenceEqual(Head);
        }

        if (text.Length < Head.Length + Tail.Length || !text.StartsWith(Head) || !text.EndsWith(Tail))
        {
            return false;
        }

        var rest = text[Head.Length..^Tail.Length];
        foreach (var part in _middle)
        {
            var end = part.FindEnd(rest);
            if (end < 0)
            {
                return false;
            }

            rest = rest[end..];
        }

        return true;
    }

    /// <summary>True when everything that <paramref name="other"/> matches is surely matched by this pattern too. Never true wrongly; may be false for equivalent patterns.</summary>
    public bool Includes(WildcardPattern other) =>
        // The other's '*' is a character that no literal part of this pattern contains, so only a '*' of this pattern can swallow it.
        Matches(other.Text);

    private sealed class LiteralPart
    {
        private readonly string _text;
        private readonly int[] _borders;

        public LiteralPart(string text)
        {
            _text = text;
            _borders = new int[text.Length];
            for (int i = 1, border = 0; i < text.Length; i++)
            {
                while (border > 0 && text[i] != text[border])
                {
                    border = _borders[border - 1];
                }

                border += text[i] == text[border] ? 1 : 0;
                _borders[i] = border;
            }
        }

        /// <summary>Index just after the leftmost occurrence; -1 when there is none.</summary>
        public int FindEnd(ReadOnlySpan<char> text)
        {
            var matched = 0;
            for (var i = 0; i < text.Length; i++)
            {
                if (matched == 0)
                {
                    // Nothing begun: the next possible beginning is found many characters at a time.
                    var skip = text[i..].IndexOf(_text[0]);
                    if (skip < 0)
                    {
                        return -1;
                    }

                    i += skip;
                }

                while (matched > 0 && text[i] != _text[matched])
                {
                    matched = _borders[matched - 1];
                }

                matched += text[i] == _text[matched] ? 1 : 0;
                if (matched == _text.Length)
                {
                    return i + 1;
                }
            }

            return -1;
        }
    }
}
