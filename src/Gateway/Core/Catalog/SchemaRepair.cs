using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Gateway.Catalog;

/// <summary>Repairs one schema of a tool and every schema within it.</summary>
/// <param name="tool">Some servers put definitions beside the schema that refers to them.</param>
internal sealed class SchemaRepair(JsonObject tool, JsonObject root, Repairs repairs)
{
    private HashSet<string>? _anchors;

    /// <summary>Keywords whose value may be anything, null included.</summary>
    private static readonly HashSet<string> Free = ["default", "const", "enum", "examples", "example"];

    private static readonly HashSet<string> Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>What generators of several languages write.</summary>
    private static readonly Dictionary<string, string> Nicknames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["str"] = "string", ["text"] = "string", ["int"] = "integer", ["long"] = "integer", ["float"] = "number", ["double"] = "number", ["bool"] = "boolean", ["list"] = "array", ["dict"] = "object",
        ["object"] = "object", ["array"] = "array", ["string"] = "string", ["number"] = "number", ["integer"] = "integer", ["boolean"] = "boolean",
    };

    public void Repair(string path)
    {
        Dialect(path);
        Visit(root, path);
    }

    /// <summary>Dialects older than draft 6 differ in what repairing changes anyway; what is no dialect of JSON Schema nobody can check against.</summary>
    private void Dialect(string path)
    {
        if (!root.TryGetPropertyValue("$schema", out var dialect) || dialect is null)
        {
            return;
        }

        var isKnown = dialect is JsonValue value && value.TryGetValue(out string? text)
            && text.Contains("json-schema.org/", StringComparison.Ordinal) && !text.Contains("draft-03", StringComparison.Ordinal) && !text.Contains("draft-04", StringComparison.Ordinal);
        if (!isKnown)
        {
            root.Remove("$schema");
            repairs.Add(path, "$schema of no supported dialect dropped");
        }
    }

    private void Visit(JsonObject schema, string path)
    {
        Nulls(schema, path);
        Reference(schema, path);
        Type(schema, path);
        Bounds(schema, path, "exclusiveMinimum", "minimum");
        Bounds(schema, path, "exclusiveMaximum", "maximum");
        if (schema["enum"] is { } values && values is not JsonArray { Count: > 0 })
        {
            Drop(schema, path, "enum", "no list of values, dropped");
        }

        var hoisted = Properties(schema, path);
        Required(schema, path, hoisted);
        foreach (var (child, at) in SchemaParts.Of(schema, path).ToList())
        {
            Visit(child, at);
        }
    }

    private void Nulls(JsonObject schema, string path)
    {
        var all = schema.ToList();
        if (!all.Exists(IsNull))
        {
            return;
        }

        // Written anew: to remove one after the other moves all that follow each time.
        schema.Clear();
        foreach (var member in all)
        {
            if (IsNull(member))
            {
                repairs.Add(path, $"{member.Key}: null dropped");
            }
            else
            {
                schema.Add(member);
            }
        }
    }

    private static bool IsNull(KeyValuePair<string, JsonNode?> member) => member.Value is null && !Free.Contains(member.Key);

    private void Type(JsonObject schema, string path)
    {
        switch (schema["type"])
        {
            case null:
                break;
            case JsonValue value when value.TryGetValue(out string? name):
                if (!Types.Contains(name))
                {
                    _ = Nicknames.TryGetValue(name, out var meant) ? Set(schema, path, "type", meant, $"type is {meant}") : Drop(schema, path, "type", "unknown type dropped");
                }

                break;
            case JsonArray several:
                string[] known = [.. several.Select(Text).OfType<string>().Where(Types.Contains).Distinct()];
                if (known.Length != several.Count)
                {
                    _ = known.Length == 0 ? Drop(schema, path, "type", "unknown type dropped") : Set(schema, path, "type", new JsonArray([.. known.Select(name => (JsonNode)name)]), "unknown types dropped");
                }

                break;
            default:
                Drop(schema, path, "type", "no type, dropped");
                break;
        }
    }

    /// <summary>Draft 4: a flag beside the bound.</summary>
    private void Bounds(JsonObject schema, string path, string exclusive, string bound)
    {
        if (schema[exclusive] is not JsonValue value || !value.TryGetValue(out bool isExclusive))
        {
            return;
        }

        schema.Remove(exclusive);
        if (isExclusive && schema[bound] is { } limit)
        {
            schema.Remove(bound);
            schema[exclusive] = limit;
        }

        repairs.Add(path, $"{exclusive} of draft 4 rewritten");
    }

    /// <summary>Returns the names of properties that say themselves that they are required.</summary>
    private List<string> Properties(JsonObject schema, string path)
    {
        var required = new List<string>();
        if (!schema.TryGetPropertyValue("properties", out var all))
        {
            return required;
        }

        if (all is not JsonObject properties)
        {
            _ = all is JsonArray { Count: 0 } ? Set(schema, path, "properties", new JsonObject(), "properties is an object, not a list") : Drop(schema, path, "properties", "no object, dropped");
            return required;
        }

        foreach (var (name, value) in properties.ToList())
        {
            if (value is JsonObject property)
            {
                if (property["required"] is JsonValue flag && flag.TryGetValue(out bool isRequired))
                {
                    property.Remove("required");
                    repairs.Add($"{path}.properties.{name}", "required is said by the object");
                    required.AddRange(isRequired ? [name] : []);
                }
            }
            else if (value is not JsonValue other || !other.TryGetValue(out bool _))
            {
                var meant = Text(value) is { } type ? Nicknames.GetValueOrDefault(type) : null;
                properties[name] = meant is null ? new JsonObject() : new JsonObject { ["type"] = meant };
                repairs.Add($"{path}.properties.{name}", meant is null ? "no schema, replaced by one that takes anything" : $"no schema, replaced by one of type {meant}");
            }
        }

        return required;
    }

    private void Required(JsonObject schema, string path, List<string> hoisted)
    {
        var isThere = schema.TryGetPropertyValue("required", out var said);
        if (!isThere && hoisted.Count == 0)
        {
            return;
        }

        IEnumerable<string> names = said switch
        {
            JsonArray list => list.Select(Text).OfType<string>(),
            JsonValue when Text(said) is { } one => [one],
            _ => [],
        };
        string[] known = [.. names.Concat(hoisted).Distinct(StringComparer.Ordinal).Where(name => CanBe(schema, name))];
        if (said is JsonArray same && hoisted.Count == 0 && known.Length == same.Count)
        {
            return;
        }

        repairs.Add(path, hoisted.Count > 0 && said is null or JsonArray ? "required is a list of names of properties" : "required is a list of names of properties, others dropped");
        if (known.Length == 0)
        {
            schema.Remove("required");
        }
        else
        {
            schema["required"] = new JsonArray([.. known.Select(name => (JsonNode)name)]);
        }
    }

    /// <summary>A name that no property has is a mistake, unless it can be described elsewhere.</summary>
    private static bool CanBe(JsonObject schema, string name) => schema["properties"] is not JsonObject properties || properties.ContainsKey(name)
        || schema.ContainsKey("$ref") || schema.ContainsKey("allOf") || schema.ContainsKey("anyOf") || schema.ContainsKey("oneOf") || schema.ContainsKey("if") || schema.ContainsKey("patternProperties")
        || schema.ContainsKey("dependentSchemas") || schema["additionalProperties"] is JsonObject;

    private void Reference(JsonObject schema, string path)
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
            Drop(schema, path, "$ref", "reference that leads outside dropped");
            return;
        }

        if (SchemaParts.Find(root, reference) is not null)
        {
            return;
        }

        var last = reference[(reference.LastIndexOf('/') + 1)..];
        if (Elsewhere(last) is { } found)
        {
            Set(schema, path, "$ref", found, $"reference corrected to {found}");
        }
        else
        {
            Drop(schema, path, "$ref", "reference that leads nowhere dropped");
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

    private bool Set(JsonObject schema, string path, string name, JsonNode value, string what)
    {
        schema[name] = value;
        repairs.Add(path, what);
        return true;
    }

    private bool Drop(JsonObject schema, string path, string name, string what)
    {
        schema.Remove(name);
        repairs.Add(path, $"{name}: {what}");
        return true;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
