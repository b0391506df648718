using System.Text;
using System.Text.Json;

namespace McpPlatform.Configuration.Text;

/// <summary>JSON, with comments and trailing commas as editors write them.</summary>
internal static class JsonConfig
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = ConfigNode.MaxDepth };

    public static ConfigNode? Parse(byte[] bytes, string source)
    {
        var lines = new Lines(bytes, source);
        var reader = new Utf8JsonReader(bytes, Options);
        try
        {
            reader.Read();
            var nodes = 0;
            var root = Node(ref reader, lines, ref nodes);
            reader.Read();
            return root;
        }
        catch (JsonException exception)
        {
            var at = new Mark(source, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1);
            throw new UnreadableException(at, "It is no JSON.", "Check quotes, commas and brackets there.");
        }
        catch (InvalidOperationException)
        {
            throw new UnreadableException(lines.At(reader.TokenStartIndex), "A text has half of a surrogate pair.", "Write the character itself.");
        }
    }

    private static ConfigNode Node(ref Utf8JsonReader reader, Lines lines, ref int nodes)
    {
        var at = lines.At(reader.TokenStartIndex);
        if (++nodes > ConfigNode.MaxNodes)
        {
            throw new UnreadableException(at, $"It has more than {ConfigNode.MaxNodes} values.", "No configuration needs that.");
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var list = new ListNode(at, []);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Items.Add(Node(ref reader, lines, ref nodes));
                }

                return list;
            case JsonTokenType.StartObject:
                var map = new MapNode(at, []);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var (key, keyAt) = (reader.GetString()!, lines.At(reader.TokenStartIndex));
                    reader.Read();
                    map.Add(key, keyAt, Node(ref reader, lines, ref nodes));
                }

                return map;
            case JsonTokenType.String:
                return new ScalarNode(at, reader.GetString()!, ScalarKind.Text);
            case JsonTokenType.Null:
                return new ScalarNode(at, "", ScalarKind.Null);
            default:
                return new ScalarNode(at, Encoding.UTF8.GetString(reader.ValueSpan), ScalarKind.Plain);
        }
    }

    /// <summary>Offsets as lines; asked for in ascending order.</summary>
    private sealed class Lines(byte[] bytes, string source)
    {
        private int _line = 1;
        private int _start;
        private int _seen;

        public Mark At(long offset)
        {
            for (; _seen < offset; _seen++)
            {
                if (bytes[_seen] == '\n')
                {
                    (_line, _start) = (_line + 1, _seen + 1);
                }
            }

            return new Mark(source, _line, (int)offset - _start + 1);
        }
    }
}
