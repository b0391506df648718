using System.Globalization;
using System.Text.Json.Nodes;

namespace McpPlatform.Gateway.Catalog;

/// <summary>The schemas within a schema.</summary>
internal static class SchemaParts
{
    private static readonly string[] Maps = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
    private static readonly string[] Lists = ["anyOf", "oneOf", "allOf", "prefixItems", "items"];

    private static readonly string[] Single =
        ["items", "additionalProperties", "additionalItems", "contains", "propertyNames", "not", "if", "then", "else", "unevaluatedProperties", "unevaluatedItems"];

    /// <summary>Paths are for people, who need no more; a name that is half the definition must not be written into the path of everything within it.</summary>
    private const int MostPath = 200;

    /// <summary>Those directly within, each with its path. Schemas that are only true or false are left out.</summary>
    public static IEnumerable<(JsonObject Schema, string Path)> Of(JsonObject schema, string path)
    {
        path = Short(path);
        foreach (var name in Maps)
        {
            if (schema[name] is JsonObject map)
            {
                foreach (var (key, value) in map)
                {
                    if (value is JsonObject child)
                    {
                        yield return (child, $"{path}.{name}.{Short(key)}");
                    }
                }
            }
        }

        foreach (var name in Lists)
        {
            if (schema[name] is JsonArray list)
            {
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is JsonObject child)
                    {
                        yield return (child, string.Create(CultureInfo.InvariantCulture, $"{path}.{name}[{i}]"));
                    }
                }
            }
        }

        foreach (var name in Single)
        {
            if (schema[name] is JsonObject child)
            {
                yield return (child, $"{path}.{name}");
            }
        }
    }

    /// <summary>What a reference within a document (<c>#/…</c>) points to; null when nothing is there.</summary>
    public static JsonNode? Find(JsonObject root, string reference)
    {
        JsonNode? at = root;
        foreach (var part in reference.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at switch
            {
                JsonObject map => map[name],
                JsonArray list when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return at;
    }

    private static string Short(string text) => text.Length <= MostPath ? text : text[..MostPath];
}
