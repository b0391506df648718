using System.Globalization;

namespace McpPlatform.Configuration.Text;

/// <summary>
/// TOML 1.0: tables, arrays of tables, dotted keys, inline tables, arrays and all forms of strings; dates are taken as the text they are. Read here because no
/// reader of it is among our packages, and a configuration needs the places of its members.
/// </summary>
internal sealed class TomlConfig(string text, string source)
{
    private readonly TomlCursor _at = new(text, source);
    private readonly MapNode _root = new(new Mark(source, 1, 1), []);
    private readonly HashSet<MapNode> _headed = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ConfigNode> _closed = new(ReferenceEqualityComparer.Instance);
    private int _nodes;

    public ConfigNode Parse()
    {
        var table = _root;
        for (_at.SkipLines(); !_at.IsAtEnd; _at.SkipLines())
        {
            if (_at.Next == '[')
            {
                table = Header();
            }
            else
            {
                Pair(table, 0);
            }

            _at.SkipBlanks();
            if (!_at.IsAtEnd && _at.Next is not ('\n' or '\r' or '#'))
            {
                throw _at.Wrong("Something follows on the same line.", "Begin a new line.");
            }
        }

        return _root;
    }

    // [a.b] and [[a.b]]
    private MapNode Header()
    {
        var at = _at.Here;
        var isList = _at.StartsWith("[[");
        _at.Skip(isList ? 2 : 1);
        var keys = Keys();
        if (!_at.StartsWith(isList ? "]]" : "]"))
        {
            throw _at.Wrong("The table's name does not end.", isList ? "Write [[name]]." : "Write [name].");
        }

        _at.Skip(isList ? 2 : 1);
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
        _at.SkipBlanks();
        if (_at.Next != '=')
        {
            throw _at.Wrong("A '=' is missing.", "Write name = value.");
        }

        _at.Skip(1);
        _at.SkipBlanks();
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
            _at.SkipBlanks();
            var at = _at.Here;
            var key = _at.Next is '"' or '\'' ? TomlStrings.Read(_at) : _at.Bare(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
            if (keys.Count == ConfigNode.MaxDepth)
            {
                throw _at.Wrong($"It is nested deeper than {ConfigNode.MaxDepth}.", "No configuration needs that.");
            }

            keys.Add((key.Length > 0 || _at.Last is '"' or '\'' ? key : throw _at.Wrong("A name is missing.", "Write name = value."), at));
            _at.SkipBlanks();
        }
        while (_at.Take('.'));

        return keys;
    }

    private ConfigNode Value(int depth)
    {
        var at = _at.Here;
        if (depth > ConfigNode.MaxDepth || ++_nodes > ConfigNode.MaxNodes)
        {
            throw _at.Wrong(depth > ConfigNode.MaxDepth ? $"It is nested deeper than {ConfigNode.MaxDepth}." : $"It has more than {ConfigNode.MaxNodes} values.", "No configuration needs that.");
        }

        if (_at.Next is '"' or '\'')
        {
            return new ScalarNode(at, TomlStrings.Read(_at), ScalarKind.Text);
        }

        if (_at.Take('['))
        {
            var list = new ListNode(at, []);
            for (_at.SkipLines(); !_at.Take(']'); _at.SkipLines())
            {
                list.Items.Add(Value(depth + 1));
                _at.SkipLines();
                if (!_at.Take(',') && _at.Next != ']')
                {
                    throw _at.Wrong("The list does not end.", "Write ] behind the last value.");
                }
            }

            _closed.Add(list);
            return list;
        }

        if (_at.Take('{'))
        {
            var map = new MapNode(at, []);
            for (_at.SkipBlanks(); !_at.Take('}'); _at.SkipBlanks())
            {
                Pair(map, depth + 1);
                _at.SkipBlanks();
                if (!_at.Take(',') && _at.Next != '}')
                {
                    throw _at.Wrong("The table does not end.", "Write } behind the last member.");
                }
            }

            _closed.Add(map);
            return map;
        }

        var word = _at.Bare(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '.' or ':' or '_');
        var number = word.Replace("_", "", StringComparison.Ordinal);
        if (word is "true" or "false" || double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || (word.Length > 9 && char.IsAsciiDigit(word[0]) && word[4] == '-'))
        {
            return new ScalarNode(at, number, ScalarKind.Plain);
        }

        throw new UnreadableException(at, word.Length == 0 ? "A value is missing." : "That is no value.", "Put texts into quotes.");
    }
}
