using System.Globalization;
using System.Text;

namespace McpPlatform.Configuration.Text;

/// <summary>
/// TOML 1.0: tables, arrays of tables, dotted keys, inline tables, arrays and all forms of strings; dates are taken as the text they are. Read here because no
/// reader of it is among our packages, and a configuration needs the places of its members.
/// </summary>
internal sealed partial class TomlConfig(string text, string source)
{
    private readonly MapNode _root = new(new Mark(source, 1, 1), []);
    private readonly HashSet<MapNode> _headed = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ConfigNode> _closed = new(ReferenceEqualityComparer.Instance);
    private int _at;
    private int _line = 1;
    private int _start;
    private int _nodes;

    private Mark Here => new(source, _line, _at - _start + 1);

    private char Next => _at < text.Length ? text[_at] : '\0';

    public ConfigNode Parse()
    {
        var table = _root;
        for (SkipLines(); _at < text.Length; SkipLines())
        {
            if (Next == '[')
            {
                table = Header();
            }
            else
            {
                Pair(table, 0);
            }

            SkipBlanks();
            if (_at < text.Length && Next is not ('\n' or '\r' or '#'))
            {
                throw Wrong("Something follows on the same line.", "Begin a new line.");
            }
        }

        return _root;
    }

    // [a.b] and [[a.b]]
    private MapNode Header()
    {
        var at = Here;
        var isList = text.AsSpan(_at).StartsWith("[[");
        _at += isList ? 2 : 1;
        var keys = Keys();
        if (!text.AsSpan(_at).StartsWith(isList ? "]]" : "]"))
        {
            throw Wrong("The table's name does not end.", isList ? "Write [[name]]." : "Write [name].");
        }

        _at += isList ? 2 : 1;
        var parent = _root;
        foreach (var (key, place) in keys[..^1])
        {
            parent = Inner(parent, key, place);
        }

        var (last, lastAt) = keys[^1];
        if (!isList)
        {
            var table = Inner(parent, last, lastAt);
            return _headed.Add(table) ? table : throw new UnreadableException(at, $"The table '{last}' is there twice.", "Write its members together.");
        }

        if (parent.Find(last) is not { } entry)
        {
            parent.Add(last, lastAt, new ListNode(at, []));
            entry = parent.Find(last)!;
        }

        var item = new MapNode(at, []);
        (entry.Value as ListNode is { } list && !_closed.Contains(list) ? list : throw new UnreadableException(at, $"'{last}' is something else already.", "Choose one of both.")).Items.Add(item);
        return item;
    }

    private MapNode Inner(MapNode parent, string key, Mark at)
    {
        if (parent.Find(key) is not { } entry)
        {
            var table = new MapNode(at, []);
            parent.Add(key, at, table);
            return table;
        }

        return entry.Value switch
        {
            MapNode map when !_closed.Contains(map) => map,
            ListNode { Items: [.., MapNode last] } list when !_closed.Contains(list) => last,
            _ => throw new UnreadableException(at, $"'{key}' is no table that can be added to; line {entry.At.Line} says what it is.", "Choose one of both."),
        };
    }

    private void Pair(MapNode table, int depth)
    {
        var keys = Keys();
        SkipBlanks();
        if (Next != '=')
        {
            throw Wrong("A '=' is missing.", "Write name = value.");
        }

        _at++;
        SkipBlanks();
        foreach (var (key, at) in keys[..^1])
        {
            table = Inner(table, key, at);
        }

        table.Add(keys[^1].Key, keys[^1].At, Value(depth + keys.Count));
    }

    private List<(string Key, Mark At)> Keys()
    {
        var keys = new List<(string, Mark)>();
        do
        {
            SkipBlanks();
            var at = Here;
            var key = Next is '"' or '\'' ? Quoted() : Bare(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
            if (keys.Count == ConfigNode.MaxDepth)
            {
                throw Wrong($"It is nested deeper than {ConfigNode.MaxDepth}.", "No configuration needs that.");
            }

            keys.Add((key.Length > 0 || text[_at - 1] is '"' or '\'' ? key : throw Wrong("A name is missing.", "Write name = value."), at));
            SkipBlanks();
        }
        while (Take('.'));

        return keys;
    }

    private ConfigNode Value(int depth)
    {
        var at = Here;
        if (depth > ConfigNode.MaxDepth || ++_nodes > ConfigNode.MaxNodes)
        {
            throw Wrong(depth > ConfigNode.MaxDepth ? $"It is nested deeper than {ConfigNode.MaxDepth}." : $"It has more than {ConfigNode.MaxNodes} values.", "No configuration needs that.");
        }

        if (Next is '"' or '\'')
        {
            return new ScalarNode(at, Quoted(), ScalarKind.Text);
        }

        if (Take('['))
        {
            var list = new ListNode(at, []);
            for (SkipLines(); !Take(']'); SkipLines())
            {
                list.Items.Add(Value(depth + 1));
                SkipLines();
                if (!Take(',') && Next != ']')
                {
                    throw Wrong("The list does not end.", "Write ] behind the last value.");
                }
            }

            _closed.Add(list);
            return list;
        }

        if (Take('{'))
        {
            var map = new MapNode(at, []);
            for (SkipBlanks(); !Take('}'); SkipBlanks())
            {
                Pair(map, depth + 1);
                SkipBlanks();
                if (!Take(',') && Next != '}')
                {
                    throw Wrong("The table does not end.", "Write } behind the last member.");
                }
            }

            _closed.Add(map);
            return map;
        }

        var word = Bare(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '.' or ':' or '_');
        var number = word.Replace("_", "", StringComparison.Ordinal);
        if (word is "true" or "false" || double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || (word.Length > 9 && char.IsAsciiDigit(word[0]) && word[4] == '-'))
        {
            return new ScalarNode(at, number, ScalarKind.Plain);
        }

        throw new UnreadableException(at, word.Length == 0 ? "A value is missing." : "That is no value.", "Put texts into quotes.");
    }

    private string Bare(Func<char, bool> belongs)
    {
        var from = _at;
        while (_at < text.Length && belongs(text[_at]))
        {
            _at++;
        }

        return text[from.._at];
    }

    private bool Take(char c)
    {
        var isThere = Next == c && _at < text.Length;
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private void SkipBlanks()
    {
        while (Next is ' ' or '\t')
        {
            _at++;
        }
    }

    // Blanks, comments and line ends.
    private void SkipLines()
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

    private void Advance()
    {
        if (text[_at++] == '\n')
        {
            (_line, _start) = (_line + 1, _at);
        }
    }

    private UnreadableException Wrong(string reason, string fix) => new(Here, reason, fix);
}
