using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace McpPlatform.Configuration.Text;

/// <summary>YAML without what makes it dangerous or ambiguous: no tags, anchors, merges, further documents or doubled keys.</summary>
internal sealed class YamlConfig
{
    private readonly string _source;
    private readonly Parser _events;
    private int _nodes;

    private YamlConfig(string text, string source) => (_source, _events) = (source, new Parser(new StringReader(text)));

    /// <summary>The one document; null when there is none.</summary>
    public static ConfigNode? Parse(string text, string source)
    {
        var yaml = new YamlConfig(text, source);
        try
        {
            return yaml.Document();
        }
        catch (YamlException exception)
        {
            var reason = exception.InnerException?.Message ?? exception.Message;
            throw new UnreadableException(yaml.At(exception.Start), $"It is no YAML: {reason.TrimEnd('.')}.", "Check quotes, brackets and indentation there.");
        }
    }

    private ConfigNode? Document()
    {
        _events.Consume<StreamStart>();
        if (_events.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        _events.Consume<DocumentStart>();
        var root = Node(0);
        _events.Consume<DocumentEnd>();
        return _events.TryConsume<DocumentStart>(out var second)
            ? throw new UnreadableException(At(second.Start), "A second document begins.", "Write one document, without '---' in between.")
            : root;
    }

    private ConfigNode Node(int depth)
    {
        var next = _events.Current!;
        var at = At(next.Start);
        if (depth > ConfigNode.MaxDepth || ++_nodes > ConfigNode.MaxNodes)
        {
            throw new UnreadableException(at, depth > ConfigNode.MaxDepth ? $"It is nested deeper than {ConfigNode.MaxDepth}." : $"It has more than {ConfigNode.MaxNodes} values.", "No configuration needs that.");
        }

        if (next is AnchorAlias || next is NodeEvent { Anchor.IsEmpty: false })
        {
            throw new UnreadableException(at, "Anchors and aliases (& and *) are not taken.", "Write the value where it is needed, or take it from the environment with ${NAME}.");
        }

        if (next is NodeEvent { Tag.IsEmpty: false })
        {
            throw new UnreadableException(at, "Tags (!) are not taken.", "Write the plain value.");
        }

        switch (next)
        {
            case Scalar scalar:
                _events.MoveNext();
                var plain = scalar.Style == ScalarStyle.Plain;
                return new ScalarNode(at, scalar.Value, !plain ? ScalarKind.Text : scalar.Value is "" or "~" or "null" or "Null" or "NULL" ? ScalarKind.Null : ScalarKind.Plain);
            case SequenceStart:
                _events.MoveNext();
                var list = new ListNode(at, []);
                while (!_events.TryConsume<SequenceEnd>(out _))
                {
                    list.Items.Add(Node(depth + 1));
                }

                return list;
            case MappingStart:
                _events.MoveNext();
                var map = new MapNode(at, []);
                while (!_events.TryConsume<MappingEnd>(out _))
                {
                    var key = Node(depth + 1) as ScalarNode ?? throw new UnreadableException(at, "A member's name is no text.", "Write name: value.");
                    if (key.Text == "<<")
                    {
                        throw new UnreadableException(key.At, "Merges (<<) are not taken.", "Write the members where they are needed.");
                    }

                    map.Add(key.Text, key.At, Node(depth + 1));
                }

                return map;
            default:
                throw new UnreadableException(at, "It is no YAML.", "Check what stands there.");
        }
    }

    private Mark At(YamlDotNet.Core.Mark mark) => new(_source, (int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
