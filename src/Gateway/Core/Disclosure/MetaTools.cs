using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Disclosure;

/// <summary>
/// The three tools by which clients of a set find, read and call what is not listed. The first two are answered out of the state, the third is a call of the tool that it names.
/// </summary>
public static class MetaTools
{
    public const string Search = "search_tools";
    public const string Describe = "describe_tool";
    public const string Call = "call_tool";

    /// <summary>In the <c>_meta</c> of a search's result: which ranking it has.</summary>
    public const string RankingKey = "mcpplatform/ranking";

    /// <summary>By words.</summary>
    public const string TextRanking = "text";

    /// <summary>By words and by what definitions are about.</summary>
    public const string HybridRanking = "hybrid";

    /// <summary>5: what a model reads at a glance.</summary>
    private const int UsualHits = 5;

    private const int MostHits = 20;

    /// <summary>200 characters: the first sentence or two.</summary>
    private const int SummaryLength = 200;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Names that items of such a set cannot have.</summary>
    public static FrozenSet<string> Names { get; } = FrozenSet.Create(StringComparer.Ordinal, Search, Describe, Call);

    /// <summary>Their definitions, with commas between them, as a list shows them.</summary>
    public static ReadOnlyMemory<byte> Definitions { get; } = Compact("""
        [{
          "name": "search_tools",
          "description": "Finds tools of this server by what they do. Most of its tools are not listed: search with a few words for what you need, read a tool's definition with describe_tool, then run it with call_tool.",
          "inputSchema": {
            "type": "object",
            "properties": {
              "query": { "type": "string", "description": "Words for what the tool does, such as 'create issue'" },
              "limit": { "type": "integer", "minimum": 1, "maximum": 20, "description": "Most tools to return; 5 unless told" }
            },
            "required": ["query"]
          },
          "annotations": { "readOnlyHint": true, "openWorldHint": false }
        }, {
          "name": "describe_tool",
          "description": "Shows the full definition of a tool that search_tools found: what it does and which arguments it takes.",
          "inputSchema": { "type": "object", "properties": { "name": { "type": "string", "description": "Name of the tool" } }, "required": ["name"] },
          "annotations": { "readOnlyHint": true, "openWorldHint": false }
        }, {
          "name": "call_tool",
          "description": "Runs a tool that search_tools found, with the arguments that describe_tool shows.",
          "inputSchema": {
            "type": "object",
            "properties": {
              "name": { "type": "string", "description": "Name of the tool" },
              "arguments": { "type": "object", "description": "Its arguments" }
            },
            "required": ["name"]
          }
        }]
        """);

    /// <summary>What the three definitions cost.</summary>
    public static int Tokens { get; } = TokenEstimate.Of(Definitions.Length);

    /// <summary>Whether a call by this name is answered here.</summary>
    public static bool Answers(string? name) => name is Search or Describe;

    /// <summary>What a call of <see cref="Search"/> searches for; null when it says nothing, and for other tools.</summary>
    public static string? QueryOf(string? name, ReadOnlyMemory<byte> arguments) =>
        name == Search && JsonMembers.Text(JsonMembers.Find(arguments, "query"u8)) is { } query && !string.IsNullOrWhiteSpace(query) ? query : null;

    /// <summary>The raw result of <see cref="Search"/> or <see cref="Describe"/>; what is wrong with the arguments is said to the model, as tools do.</summary>
    /// <param name="isVisible">What the caller may not call is neither found nor described.</param>
    /// <param name="vector">Of the query; null = it is searched by words alone.</param>
    public static byte[] Answer(ToolSetRoute set, string name, ReadOnlyMemory<byte> arguments, Func<SetTool, bool> isVisible, SearchVector? vector = null)
    {
        if (name == Describe)
        {
            return JsonMembers.Text(JsonMembers.Find(arguments, "name"u8)) is not { } wanted ? Result("'name' must be the name of a tool, as search_tools finds it."u8, isError: true)
                : set.ByName.TryGetValue(wanted, out var tool) && isVisible(tool) ? Result(tool.AggregatedDefinition.Span, isError: false)
                : Result("There is no such tool here. Look for it with search_tools."u8, isError: true);
        }

        return QueryOf(name, arguments) is not { } query
            ? Result("'query' must be a few words for what the tool does."u8, isError: true)
            : Result(Summaries(set.Search!.Find(query, Limit(JsonMembers.Find(arguments, "limit"u8)), isVisible, vector)), isError: false, vector is null ? TextRanking : HybridRanking);
    }

    /// <summary>
    /// What a caller of a set is listed: pinned definitions and the three tools, or all. For <see cref="ToolSetDisclosure.Auto"/> the sizes of the definitions that this caller sees decide:
    /// searching costs the three definitions and, for one use, an answer of search and one definition.
    /// </summary>
    public static DisclosedList For(ToolSetRoute set, Caller caller, ProtocolEra era, ClientAbilities abilities, in Asked asked)
    {
        var (all, pinned, count) = (0, 0, 0);
        foreach (var tool in set.Tools)
        {
            if (CatalogList.Shows(tool, caller, era, abilities, asked))
            {
                (all, count) = (all + tool.Tokens, count + 1);
                pinned += tool.IsPinned ? tool.Tokens : 0;
            }
        }

        var (listed, use) = (Tokens + pinned, count == 0 ? 0 : (all / count) + TokenEstimate.Of(UsualHits * (SummaryLength + 60)));
        var isOn = count > 0 && (set.Disclosure == ToolSetDisclosure.On || listed + use < all);
        return new DisclosedList(isOn, isOn ? Math.Max(0, all - listed) : 0);
    }

    /// <summary>Without the white space, which a model would read as well, and without the brackets of the list.</summary>
    private static ReadOnlyMemory<byte> Compact(string list)
    {
        var output = new ArrayBufferWriter<byte>(list.Length);
        using (var json = new Utf8JsonWriter(output, Relaxed))
        {
            JsonElement.Parse(list).WriteTo(json);
        }

        return output.WrittenMemory[1..^1];
    }

    private static int Limit(ReadOnlyMemory<byte> raw) =>
        int.TryParse(raw.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? Math.Clamp(limit, 1, MostHits) : UsualHits;

    private static ReadOnlySpan<byte> Summaries(IReadOnlyList<SetTool> tools)
    {
        if (tools.Count == 0)
        {
            return "Nothing matches. Try other words, or fewer."u8;
        }

        var output = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(output, Relaxed);
        json.WriteStartArray();
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("name", tool.Aggregated);
            if (JsonMembers.Text(JsonMembers.Find(tool.AggregatedDefinition, "description"u8)) is { Length: > 0 } text)
            {
                json.WriteString("description", text.Length <= SummaryLength ? text : Cut(text));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return output.WrittenSpan;
    }

    private static string Cut(string text) =>
        string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[SummaryLength - 1]) ? SummaryLength - 1 : SummaryLength).TrimEnd(), "…");

    private static byte[] Result(ReadOnlySpan<byte> text, bool isError, string? ranking = null)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 256);
        using var json = new Utf8JsonWriter(output, Relaxed);
        json.WriteStartObject();
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("isError"u8, isError);
        if (ranking is not null)
        {
            // Models do not read it, and people who look into a search do.
            json.WriteStartObject("_meta"u8);
            json.WriteString(RankingKey, ranking);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }
}

/// <summary>How a set's tools are listed to a caller.</summary>
/// <param name="IsOn">Only pinned ones, with the tools to find others by.</param>
/// <param name="Saved">Tokens that the caller's model does not read because of that, estimated; searching costs of them what it shows.</param>
public readonly record struct DisclosedList(bool IsOn, int Saved);
