using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Configuration.Binding;
using McpPlatform.Configuration.Model;

namespace McpPlatform.Configuration;

/// <summary>The JSON Schema of a configuration, made from the model: for editors, and the source of the reference.</summary>
public static class ConfigSchema
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As docs/mcpplatform.schema.json has it.</summary>
    public static string Text { get; } = Create().ToJsonString(Readable) + "\n";

    private static JsonObject Create()
    {
        var definitions = new JsonObject();
        var root = Section(typeof(PlatformConfiguration), definitions);
        root["properties"]!.AsObject().Insert(0, "$schema", new JsonObject { ["type"] = "string", ["description"] = "For editors: the address of this schema." });
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "mcpplatform.yaml");
        root["$defs"] = definitions;
        return root;
    }

    private static JsonObject Section(Type type, JsonObject definitions)
    {
        var properties = new JsonObject();
        foreach (var member in Member.Of(type))
        {
            var says = member.Says;
            var schema = Of(member.Type, says, definitions, says.IsVerbatim);
            schema["description"] = says.Text;
            if (says.Example.Length > 0 && !says.Example.StartsWith('{') && !says.Example.StartsWith('['))
            {
                schema["examples"] = new JsonArray(says.Example);
            }

            if (says.IsSecret)
            {
                schema["writeOnly"] = true;
            }

            properties[member.Name] = schema;
        }

        var section = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (Member.Of(type).Where(m => m.Says.IsRequired).Select(m => (JsonNode)m.Name).ToArray() is { Length: > 0 } required)
        {
            section["required"] = new JsonArray(required);
        }

        return section;
    }

    private static JsonObject Of(Type type, MemberAttribute says, JsonObject definitions, bool isVerbatim)
    {
        if (Shapes.EntryOf(type) is { } entry)
        {
            var group = new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(entry, says, definitions, isVerbatim), ["maxProperties"] = says.MostEntries };
            if (Forms.Pattern(says.Names) is { } names)
            {
                group["propertyNames"] = new JsonObject { ["pattern"] = names };
            }

            return group;
        }

        if (Shapes.ItemOf(type) is { } item)
        {
            return new JsonObject { ["type"] = "array", ["items"] = Of(item, says, definitions, isVerbatim), ["maxItems"] = says.MostEntries };
        }

        if (type == typeof(JsonObject))
        {
            return new JsonObject { ["type"] = "object" };
        }

        if (type == typeof(JsonNode))
        {
            return new JsonObject { ["type"] = new JsonArray("string", "number", "boolean", "array", "object") };
        }

        if (Shapes.IsSection(type))
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name.Replace("Section", "", StringComparison.Ordinal));
            if (!definitions.ContainsKey(name))
            {
                definitions[name] = null;
                definitions[name] = Section(type, definitions);
            }

            return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
        }

        return Single(type, says, isVerbatim);
    }

    private static JsonObject Single(Type type, MemberAttribute says, bool isVerbatim)
    {
        if (type == typeof(string))
        {
            var text = new JsonObject { ["type"] = "string" };
            if (says.OneOf is { } values)
            {
                text["enum"] = new JsonArray([.. values.Select(v => (JsonNode)v)]);
            }
            else if (Forms.Pattern(says.Form) is { } pattern)
            {
                text["pattern"] = isVerbatim ? pattern : $"{pattern}|\\$\\{{|^file:";
            }
            else if (!isVerbatim)
            {
                // Numbers are taken as the texts they are written as.
                text["type"] = new JsonArray("string", "number");
            }

            return text;
        }

        var number = new JsonObject { ["type"] = type == typeof(bool) ? "boolean" : type == typeof(int) ? "integer" : "number" };
        if (!double.IsInfinity(says.Least))
        {
            (number["minimum"], number["maximum"]) = (JsonValue.Create((decimal)says.Least), JsonValue.Create((decimal)says.Most));
        }

        // A variable may give it.
        return isVerbatim ? number : new JsonObject { ["anyOf"] = new JsonArray(number, new JsonObject { ["type"] = "string", ["pattern"] = "\\$\\{" }) };
    }
}
