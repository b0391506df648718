namespace McpPlatform.Configuration.Text;

internal enum ScalarKind
{
    /// <summary>Quoted, or a text in a format whose texts are always quoted.</summary>
    Text,

    /// <summary>Written without quotes: a number, a boolean or a text, as whoever reads it needs.</summary>
    Plain,
    Null,
}

/// <summary>A part of a configuration as written, whatever its format, with its place.</summary>
internal abstract record ConfigNode(Mark At)
{
    /// <summary>Deeper is refused before it is built: no member is deeper than 8.</summary>
    public const int MaxDepth = 24;

    /// <summary>Values of one text. 1 MiB of them would be twenty bytes each.</summary>
    public const int MaxNodes = 50_000;

    public abstract string Kind { get; }
}

internal sealed record ScalarNode(Mark At, string Text, ScalarKind Form) : ConfigNode(At)
{
    public override string Kind => Form == ScalarKind.Null ? "empty" : "a single value";
}

internal sealed record ListNode(Mark At, List<ConfigNode> Items) : ConfigNode(At)
{
    public override string Kind => "a list";
}

internal sealed record MapNode(Mark At, List<MapEntry> Entries) : ConfigNode(At)
{
    public override string Kind => "a group of members";

    public MapEntry? Find(string key) => Entries.Find(entry => entry.Key == key);

    /// <summary>Adds a member; one that is there already is an error, with both places.</summary>
    public void Add(string key, Mark at, ConfigNode value)
    {
        if (Find(key) is { } other)
        {
            throw new UnreadableException(at, $"'{key}' is there twice; line {other.At.Line} has it as well.", "Remove one of them.");
        }

        Entries.Add(new MapEntry(key, at, value));
    }
}

internal sealed record MapEntry(string Key, Mark At, ConfigNode Value);
