using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Gateway.Catalog;

/// <summary>A definition as clients get it, and what is different from what the server sent.</summary>
public sealed record RepairedTool(ReadOnlyMemory<byte> Definition, IReadOnlyList<string> Repairs);

/// <summary>
/// Repairs what servers commonly get wrong about a tool and clients break on, often with the whole list: members that are null, schemas without a type, <c>required</c> that is no list of
/// known names, references that lead nowhere. What is right stays byte for byte; hashes and pins are of the original.
/// </summary>
public static class ToolRepair
{
    /// <summary>Definitions that people wrote or generated have hundreds. One with more is not worth the time while a state is compiled: it stays as it was sent, and says so.</summary>
    internal const int MostReferences = 4096;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Members of a tool that may be missing, and may not be null.</summary>
    private static readonly string[] Optional = ["title", "description", "outputSchema", "annotations", "icons", "execution", "_meta"];

    /// <summary>Null when there is nothing to repair. Never fails: what cannot be read is left as it is.</summary>
    public static RepairedTool? Of(ReadOnlySpan<byte> definition)
    {
        if (definition.Count("\"$ref\""u8) > MostReferences)
        {
            return new RepairedTool(definition.ToArray(), [$"inputSchema: more than {MostReferences} references, nothing repaired"]);
        }

        try
        {
            var reader = new Utf8JsonReader(definition);
            if (JsonNode.Parse(ref reader) is not JsonObject tool)
            {
                return null;
            }

            var repairs = new Repairs();
            Members(tool, repairs);
            Input(tool, repairs);
            Output(tool, repairs);
            return repairs.Any ? new RepairedTool(JsonSerializer.SerializeToUtf8Bytes(tool, Plain), repairs.All) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or JsonException)
        {
            // A member that is there twice, or half a surrogate pair: as the server sent it.
            return null;
        }
    }

    private static void Members(JsonObject tool, Repairs repairs)
    {
        foreach (var name in Optional)
        {
            if (tool.ContainsKey(name) && tool[name] is null)
            {
                tool.Remove(name);
                repairs.Add(name, "null dropped");
            }
        }

        if (tool["annotations"] is { } annotations && annotations is not JsonObject)
        {
            tool.Remove("annotations");
            repairs.Add("annotations", "no object, dropped");
        }
    }

    private static void Input(JsonObject tool, Repairs repairs)
    {
        if (tool["inputSchema"] is not JsonObject schema)
        {
            var was = tool.ContainsKey("inputSchema") ? "no object, replaced by one that takes anything" : "missing, one added that takes anything";
            tool["inputSchema"] = new JsonObject { ["type"] = "object" };
            repairs.Add("inputSchema", was);
            return;
        }

        Whole(tool, schema, "inputSchema", repairs);
    }

    private static void Output(JsonObject tool, Repairs repairs)
    {
        switch (tool["outputSchema"])
        {
            case null:
                break;
            case JsonObject schema:
                Whole(tool, schema, "outputSchema", repairs);
                break;
            default:
                tool.Remove("outputSchema");
                repairs.Add("outputSchema", "no object, dropped");
                break;
        }
    }

    private static void Whole(JsonObject tool, JsonObject schema, string path, Repairs repairs)
    {
        new SchemaRepair(tool, schema, repairs).Repair(path);
        switch (schema["type"])
        {
            case null:
                schema.Insert(0, "type", "object");
                repairs.Add(path, "type object added");
                break;
            case JsonArray several when several.Any(type => type is JsonValue value && value.TryGetValue(out string? name) && name == "object"):
                schema["type"] = "object";
                repairs.Add(path, "type is object alone");
                break;
        }
    }
}

/// <summary>What was repaired, for people; bounded.</summary>
internal sealed class Repairs
{
    /// <summary>Whoever has more has understood.</summary>
    private const int Most = 20;

    private const int MostLength = 200;

    private readonly List<string> _all = [];

    public bool Any { get; private set; }

    public IReadOnlyList<string> All => _all;

    public void Add(string path, string what)
    {
        Any = true;
        if (_all.Count < Most)
        {
            var text = $"{path}: {what}";
            // Paths hold names that servers chose.
            _all.Add(new string([.. text.Take(MostLength).Select(c => c is >= ' ' and <= '~' ? c : '?')]));
        }
    }
}
