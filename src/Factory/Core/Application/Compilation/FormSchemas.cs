using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Packs;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>The input schema of form and multipart bodies: files become base64, with a name where the caller wants one.</summary>
internal sealed class FormSchemas(SchemaConverter converter)
{
    /// <summary>Converts the body's schema and marks the parts that are files.</summary>
    public JsonNode Convert(ApiBody body, Dictionary<string, PackPart> parts, HashSet<string> uses)
    {
        var (fields, required) = converter.Flatten(body.Schema);
        if (fields.Count == 0)
        {
            return converter.Convert(body.Schema, uses);
        }

        var properties = new JsonObject();
        foreach (var (name, schema) in fields.Where(f => !converter.IsReadOnly(f.Value)))
        {
            var part = parts.GetValueOrDefault(name);
            var isList = converter.Resolve(schema) is { } resolved && Texts.Raw(resolved, "type") == "array";
            var item = isList ? converter.Resolve(schema)!["items"] : schema;
            var isFile = part?.IsFile == true || (body.Kind == BodyKind.Multipart && IsFile(converter.Resolve(item)));
            if (!isFile)
            {
                properties[name] = converter.Convert(schema, uses);
                continue;
            }

            parts[name] = (part ?? new PackPart(null, true, null, true, false)) with { IsFile = true };
            var file = File(converter.Resolve(item));
            properties[name] = isList ? new JsonObject { ["type"] = "array", ["items"] = file } : file;
        }

        var form = new JsonObject { ["type"] = "object", ["properties"] = properties };
        var asked = required.Where(properties.ContainsKey).Order(StringComparer.Ordinal).ToList();
        if (asked.Count > 0)
        {
            form["required"] = new JsonArray([.. asked.Select(n => JsonValue.Create(n))]);
        }

        return form;
    }

    private static bool IsFile(JsonObject? schema) => schema is not null
        && (Texts.Raw(schema, "type") is "file"
            || Texts.Raw(schema, "format") is "binary"
            || (schema["contentMediaType"] is not null && schema["contentEncoding"] is null && Texts.Raw(schema, "contentMediaType") is not ("application/json" or "text/plain")));

    private static JsonObject File(JsonObject? schema)
    {
        var description = schema is null ? "" : Texts.Of(schema, "description", 1000);
        return new JsonObject
        {
            ["description"] = description.Length > 0 ? description : "A file.",
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64", ["description"] = "The bytes, in base64." },
                new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["data"] = new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64", ["description"] = "The bytes, in base64." },
                        ["filename"] = new JsonObject { ["type"] = "string" },
                        ["content_type"] = new JsonObject { ["type"] = "string" },
                    },
                    ["required"] = new JsonArray("data"),
                }),
        };
    }
}
