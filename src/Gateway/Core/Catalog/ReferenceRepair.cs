using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Gateway.Catalog;

/// <summary>Repairs references within one schema of a tool: what they lead to has to be in the schema itself.</summary>
/// <param name="tool">Some servers put definitions beside the schema that refers to them.</param>
internal sealed class ReferenceRepair(JsonObject tool, JsonObject root, Repairs repairs)
{
    private HashSet<string>? _anchors;

    /// <summary>Corrects or drops the reference of one schema, if it has one.</summary>
    public void Repair(JsonObject schema, string path)
    {
        if (!schema.TryGetPropertyValue("$ref", out var value) || root.ContainsKey("$id"))
        {
            return;
        }

        if (Text(value) is not { } reference || !(reference == "#" || reference.StartsWith("#/", StringComparison.Ordinal)))
        {
            if (Text(value) is { } named && named.StartsWith('#') && Anchors().Contains(named[1..]))
            {
                return;
            }

            // Nothing is ever fetched for a definition.
            Drop(schema, path, "reference that leads outside dropped");
            return;
        }

        if (SchemaParts.Find(root, reference) is not null)
        {
            return;
        }

        var last = reference[(reference.LastIndexOf('/') + 1)..];
        if (Elsewhere(last) is { } found)
        {
            schema["$ref"] = found;
            repairs.Add(path, $"reference corrected to {found}");
        }
        else
        {
            Drop(schema, path, "reference that leads nowhere dropped");
        }
    }

    /// <summary>Names that schemas of this one have; looked for once, and only when a reference is to one.</summary>
    private HashSet<string> Anchors()
    {
        if (_anchors is not null)
        {
            return _anchors;
        }

        _anchors = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<JsonNode>([root]);
        while (left.TryPop(out var node))
        {
            foreach (var inner in node is JsonObject map ? map.Select(member => member.Value) : (JsonArray)node)
            {
                if (inner is JsonObject or JsonArray)
                {
                    left.Push(inner);
                }
            }

            if (node is JsonObject schema)
            {
                _anchors.UnionWith(((string[])["$anchor", "$dynamicAnchor"]).Select(keyword => Text(schema[keyword])).OfType<string>());
                if (Text(schema["$id"]) is ['#', .. var name])
                {
                    // As drafts 6 and 7 write it.
                    _anchors.Add(name);
                }
            }
        }

        return _anchors;
    }

    /// <summary>Where else definitions lie: under the other keyword, in the OpenAPI place, or beside the schema.</summary>
    private string? Elsewhere(string name)
    {
        foreach (var place in (string[])["#/$defs/", "#/definitions/", "#/components/schemas/"])
        {
            if (SchemaParts.Find(root, place + name) is JsonObject)
            {
                return place + name;
            }

            if (SchemaParts.Find(tool, place + name) is JsonObject beside)
            {
                if (root["$defs"] is not JsonObject definitions)
                {
                    root["$defs"] = definitions = new JsonObject();
                }

                definitions[Unescaped(name)] = beside.DeepClone();
                return "#/$defs/" + name;
            }
        }

        return null;
    }

    private static string Unescaped(string name) => Uri.UnescapeDataString(name).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private void Drop(JsonObject schema, string path, string what)
    {
        schema.Remove("$ref");
        repairs.Add(path, $"$ref: {what}");
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
