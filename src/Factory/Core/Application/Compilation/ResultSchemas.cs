using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>
/// Output schemas. Clients refuse a result that breaks its schema, and descriptions of answers are often wrong: so the schema is loosened until a good
/// answer cannot break it, and left out where the kind of value is not certain.
/// </summary>
internal sealed class ResultSchemas(SchemaConverter converter)
{
    // Every listing carries it: a larger one costs more context than it saves.
    private const int MaxBytes = 8 * 1024;

    public JsonObject? For(JsonNode? schema)
    {
        var kind = Kind(schema, 0);
        if (schema is null || kind is null)
        {
            return null;
        }

        var uses = new HashSet<string>(StringComparer.Ordinal);
        var converted = converter.Convert(schema, uses);
        var output = kind == "object" ? Rooted(converted) : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["result"] = converted } };
        if (!converter.TryDefine(uses, MaxBytes, out var definitions))
        {
            return null;
        }

        if (definitions is not null)
        {
            output["$defs"] = definitions;
        }

        return JsonSerializer.SerializeToUtf8Bytes(output).Length <= MaxBytes ? output : null;
    }

    // The root must say that it is an object, and a null type beside it is not allowed there.
    private static JsonObject Rooted(JsonNode converted)
    {
        var root = new JsonObject { ["type"] = "object" };
        foreach (var (name, value) in converted as JsonObject ?? [])
        {
            if (name != "type")
            {
                root[name] = value?.DeepClone();
            }
        }

        return root;
    }

    /// <summary>The one type of every value of the schema; null when it may have several or does not say.</summary>
    private string? Kind(JsonNode? schema, int depth)
    {
        if (depth > 16 || converter.Resolve(schema) is not { } here)
        {
            return null;
        }

        if (Texts.Raw(here, "type") is { } type)
        {
            return Texts.Flag(here, "nullable") ? null : type;
        }

        if (here["type"] is not null)
        {
            return null;
        }

        if (here["properties"] is JsonObject)
        {
            return "object";
        }

        var kinds = (here["allOf"] as JsonArray ?? []).Select(part => Kind(part, depth + 1)).Where(k => k is not null).Distinct().ToList();
        return kinds.Count == 1 ? kinds[0] : null;
    }
}
