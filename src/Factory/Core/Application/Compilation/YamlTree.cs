using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>
/// YAML 1.2 events to a JSON tree: one document, the core schema, no tags, no merge keys. Depth, and values after aliases are expanded, are counted
/// before they are built, so a bomb ends early. Keys keep their text; so do the version members, which people write without quotes.
/// </summary>
internal sealed partial class YamlTree(SourceLimits limits, List<Notice> notices)
{
    private readonly Dictionary<AnchorName, (JsonNode? Node, int Size)> _anchors = [];
    private int _nodes;

    /// <exception cref="BadDocumentException">Malformed, too deep, too large, or more than one document.</exception>
    public JsonNode? Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
            var parser = new Parser(reader);
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            var root = Node(parser, 0, "", keepText: false);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? root : throw new BadDocumentException("document.many", "The file holds more than one YAML document.");
        }
        catch (YamlException malformed)
        {
            throw new BadDocumentException("document.malformed", $"The document is not valid YAML: line {malformed.Start.Line}: {Texts.Clean(malformed.Message, 300)}");
        }
    }

    private JsonNode? Node(Parser parser, int depth, string key, bool keepText)
    {
        Count(1);
        if (depth > limits.MaxDepth)
        {
            throw new BadDocumentException("document.too_deep", $"The document is nested deeper than {limits.MaxDepth} levels.");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Alias(alias);
        }

        var before = _nodes;
        var (anchor, node) = parser.Current switch
        {
            Scalar scalar => (scalar.Anchor, Take(parser, keepText ? JsonValue.Create(scalar.Value) : Scalar(scalar))),
            SequenceStart start => (start.Anchor, Sequence(parser, depth)),
            MappingStart start => (start.Anchor, Mapping(parser, depth)),
            _ => throw new BadDocumentException("document.malformed", $"The document breaks off near '{Texts.Clean(key, 80)}'."),
        };
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = (node, _nodes - before + 1);
        }

        return node;
    }

    private JsonNode? Alias(AnchorAlias alias)
    {
        // An alias to a node that is still open finds nothing here: cycles end the same way as typing errors.
        if (!_anchors.TryGetValue(alias.Value, out var target))
        {
            throw new BadDocumentException("document.malformed", $"Line {alias.Start.Line}: the alias '*{Texts.Clean(alias.Value.Value, 80)}' has no anchor before it.");
        }

        Count(target.Size);
        return target.Node?.DeepClone();
    }

    private JsonArray Sequence(Parser parser, int depth)
    {
        parser.MoveNext();
        var items = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(parser, depth + 1, "", keepText: false));
        }

        return items;
    }

    private JsonObject Mapping(Parser parser, int depth)
    {
        parser.MoveNext();
        var members = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
            {
                throw new BadDocumentException("document.malformed", $"Line {parser.Current?.Start.Line}: keys must be plain text.");
            }

            if (members.ContainsKey(key.Value))
            {
                notices.Add(new Notice("document.duplicate_key", $"line {key.Start.Line}", $"'{Texts.Clean(key.Value, 80)}' is there twice; the last one counts."));
            }

            members[key.Value] = Node(parser, depth + 1, key.Value, keepText: depth <= 1 && key.Value is "openapi" or "swagger" or "version");
        }

        return members;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > limits.MaxNodes)
        {
            throw new BadDocumentException("document.too_large", $"The document has more than {limits.MaxNodes} values, aliases expanded.");
        }
    }

    private static JsonNode? Take(Parser parser, JsonNode? node)
    {
        parser.MoveNext();
        return node;
    }

    // YAML 1.2.2 §10.3.2. Numbers keep their text where JSON can write it.
    private static JsonValue? Scalar(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE":
                return JsonValue.Create(true);
            case "false" or "False" or "FALSE":
                return JsonValue.Create(false);
            default:
                break;
        }

        if (JsonNumber().IsMatch(text))
        {
            return JsonValue.Create(JsonElement.Parse(text));
        }

        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
        {
            return JsonValue.Create(hex);
        }

        return YamlNumber().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]{0,300})(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?$")]
    private static partial Regex JsonNumber();

    [GeneratedRegex(@"^[+-]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][+-]?[0-9]+)?$")]
    private static partial Regex YamlNumber();
}
