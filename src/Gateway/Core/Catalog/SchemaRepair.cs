using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Gateway.Catalog;

/// <summary>Repairs one schema of a tool and every schema within it.</summary>
internal sealed class SchemaRepair
{
    /// <summary>Keywords whose value may be anything, null included.</summary>
    private static readonly HashSet<string> Free = ["default", "const", "enum", "examples", "example"];

    private static readonly HashSet<string> Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>What generators of several languages write.</summary>
    private static readonly Dictionary<string, string> Nicknames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["str"] = "string", ["text"] = "string", ["int"] = "integer", ["long"] = "integer", ["float"] = "number", ["double"] = "number", ["bool"] = "boolean", ["list"] = "array", ["dict"] = "object",
        ["object"] = "object", ["array"] = "array", ["string"] = "string", ["number"] = "number", ["integer"] = "integer", ["boolean"] = "boolean",
    };

    private readonly JsonObject _root;
    private readonly Repairs _repairs;
    private readonly ReferenceRepair _references;

    /// <param name="tool">Some servers put definitions beside the schema that refers to them.</param>
    public SchemaRepair(JsonObject tool, JsonObject root, Repairs repairs) => (_root, _repairs, _references) = (root, repairs, new ReferenceRepair(tool, root, repairs));

    public void Repair(string path)
    {
        Dialect(path);
        Visit(_root, path);
    }

    /// <summary>Dialects older than draft 6 differ in what repairing changes anyway; what is no dialect of JSON Schema nobody can check against.</summary>
    private void Dialect(string path)
    {
        if (!_root.TryGetPropertyValue("$schema", out var dialect) || dialect is null)
        {
            return;
        }

        var isKnown = dialect is JsonValue value && value.TryGetValue(out string? text)
            && text.Contains("json-schema.org/", StringComparison.Ordinal) && !text.Contains("draft-03", StringComparison.Ordinal) && !text.Contains("draft-04", StringComparison.Ordinal);
        if (!isKnown)
        {
            _root.Remove("$schema");
            _repairs.Add(path, "$schema of no supported dialect dropped");
        }
    }

    private void Visit(JsonObject schema, string path)
    {
        Nulls(schema, path);
        _references.Repair(schema, path);
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
                _repairs.Add(path, $"{member.Key}: null dropped");
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

        _repairs.Add(path, $"{exclusive} of draft 4 rewritten");
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
                    _repairs.Add($"{path}.properties.{name}", "required is said by the object");
                    required.AddRange(isRequired ? [name] : []);
                }
            }
            else if (value is not JsonValue other || !other.TryGetValue(out bool _))
            {
                var meant = Text(value) is { } type ? Nicknames.GetValueOrDefault(type) : null;
                properties[name] = meant is null ? new JsonObject() : new JsonObject { ["type"] = meant };
                _repairs.Add($"{path}.properties.{name}", meant is null ? "no schema, replaced by one that takes anything" : $"no schema, replaced by one of type {meant}");
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

        _repairs.Add(path, hoisted.Count > 0 && said is null or JsonArray ? "required is a list of names of properties" : "required is a list of names of properties, others dropped");
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

    private bool Set(JsonObject schema, string path, string name, JsonNode value, string what)
    {
        schema[name] = value;
        _repairs.Add(path, what);
        return true;
    }

    private bool Drop(JsonObject schema, string path, string name, string what)
    {
        schema.Remove(name);
        _repairs.Add(path, $"{name}: {what}");
        return true;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
