using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Gateway.Catalog;

namespace McpPlatform.Gateway.Profiles;

/// <summary>Rewrites the schemas of a tool into what a client can take.</summary>
internal static class DialectWriter
{
    internal static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Alternatives = ["anyOf", "oneOf", "allOf"];

    /// <summary>Never fails: a definition that cannot be read stays as it is.</summary>
    public static ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> definition, SchemaDialect dialect)
    {
        try
        {
            var reader = new Utf8JsonReader(definition.Span);
            if (JsonNode.Parse(ref reader) is not JsonObject tool)
            {
                return definition;
            }

            var references = new ReferenceInliner(definition.Length);
            foreach (var name in (string[])["inputSchema", "outputSchema"])
            {
                if (tool[name] is JsonObject schema)
                {
                    Whole(schema, dialect, references);
                }
            }

            return JsonSerializer.SerializeToUtf8Bytes(tool, Plain);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or JsonException)
        {
            return definition;
        }
    }

    private static void Whole(JsonObject schema, SchemaDialect dialect, ReferenceInliner references)
    {
        if (dialect.InlineReferences)
        {
            references.Inline(schema);
        }

        if (dialect.NoTopLevelAlternatives)
        {
            Flatten(schema);
        }

        Visit(schema, "", dialect);
        if (dialect.Draft07)
        {
            schema["$schema"] = "http://json-schema.org/draft-07/schema#";
        }

        schema["type"] ??= "object";
    }

    /// <summary>The properties of all alternatives, none of them required: what fits any of them is still welcome.</summary>
    private static void Flatten(JsonObject schema)
    {
        foreach (var name in Alternatives)
        {
            if (schema[name] is not JsonArray alternatives)
            {
                continue;
            }

            schema.Remove(name);
            foreach (var properties in alternatives.OfType<JsonObject>().Select(one => one["properties"]).OfType<JsonObject>())
            {
                if (schema["properties"] is not JsonObject own)
                {
                    schema["properties"] = own = new JsonObject();
                }

                foreach (var (key, value) in properties)
                {
                    if (!own.ContainsKey(key))
                    {
                        own[key] = value?.DeepClone();
                    }
                }
            }
        }
    }

    private static void Visit(JsonObject schema, string path, SchemaDialect dialect)
    {
        if (dialect.ConstAsEnum && schema.ContainsKey("const"))
        {
            var only = schema["const"];
            schema.Remove("const");
            schema["enum"] = new JsonArray(only?.DeepClone());
        }

        if (dialect.NullableTypes)
        {
            Nullable(schema);
        }

        if (dialect.TextEnums && schema["enum"] is JsonArray values && values.Any(value => value?.GetValueKind() != JsonValueKind.String))
        {
            schema.Remove("enum");
        }

        if (dialect.Formats is { } formats && schema["format"] is { } format && !(format.GetValueKind() == JsonValueKind.String && formats.Contains(format.GetValue<string>())))
        {
            schema.Remove("format");
        }

        if (dialect.Draft07)
        {
            Draft07(schema);
        }

        Alternate(schema, dialect);
        if (dialect.ArrayItems && schema["type"]?.ToJsonString() == "\"array\"" && schema["items"] is not JsonObject)
        {
            schema["items"] = new JsonObject { ["type"] = "string" };
        }

        foreach (var keyword in dialect.Drop)
        {
            schema.Remove(keyword);
        }

        if (dialect.ClosedObjects && schema["properties"] is JsonObject)
        {
            schema["additionalProperties"] = false;
        }

        foreach (var (child, at) in SchemaParts.Of(schema, path).ToList())
        {
            Visit(child, at, dialect);
        }
    }

    /// <summary>What goes is said by what stays, where that can be: one of several as any of several, all of several as one.</summary>
    private static void Alternate(JsonObject schema, SchemaDialect dialect)
    {
        if (dialect.Drop.Contains("oneOf") && !dialect.Drop.Contains("anyOf") && schema["oneOf"] is JsonArray one && !schema.ContainsKey("anyOf"))
        {
            schema.Remove("oneOf");
            schema["anyOf"] = one;
        }

        if (!dialect.Drop.Contains("allOf") || schema["allOf"] is not JsonArray all)
        {
            return;
        }

        schema.Remove("allOf");
        foreach (var (key, value) in all.OfType<JsonObject>().SelectMany(part => part).ToList())
        {
            if (key == "properties" && schema["properties"] is JsonObject own && value is JsonObject more)
            {
                foreach (var (name, property) in more.Where(property => !own.ContainsKey(property.Key)).ToList())
                {
                    own[name] = property?.DeepClone();
                }
            }
            else if (!schema.ContainsKey(key))
            {
                schema[key] = value?.DeepClone();
            }
        }
    }

    /// <summary>One type at most, null beside it; the same for alternatives of which one is null.</summary>
    private static void Nullable(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
        {
            string[] names = [.. types.Select(type => type?.GetValue<string>()).OfType<string>()];
            schema["type"] = names.FirstOrDefault(name => name != "null") ?? "string";
            if (names.Contains("null"))
            {
                schema["nullable"] = true;
            }
        }

        JsonObject[] others = schema["anyOf"] is JsonArray { Count: 2 } either ? [.. either.OfType<JsonObject>().Where(one => one["type"]?.ToJsonString() != "\"null\"")] : [];
        if (others is [var other])
        {
            schema.Remove("anyOf");
            foreach (var (key, value) in other.ToList())
            {
                if (!schema.ContainsKey(key))
                {
                    schema[key] = value?.DeepClone();
                }
            }

            schema["nullable"] = true;
        }
    }

    private static void Draft07(JsonObject schema)
    {
        if (schema["$defs"] is JsonObject definitions && !schema.ContainsKey("definitions"))
        {
            schema.Remove("$defs");
            schema["definitions"] = definitions;
        }

        if (schema["$ref"] is JsonValue value && value.TryGetValue(out string? reference) && reference.StartsWith("#/$defs/", StringComparison.Ordinal))
        {
            schema["$ref"] = "#/definitions/" + reference["#/$defs/".Length..];
        }

        if (schema["prefixItems"] is JsonArray tuple)
        {
            var rest = schema["items"];
            schema.Remove("prefixItems");
            schema.Remove("items");
            schema["items"] = tuple;
            if (rest is not null)
            {
                schema["additionalItems"] = rest;
            }
        }

        if (schema["dependentRequired"] is JsonObject needs)
        {
            schema.Remove("dependentRequired");
            schema["dependencies"] = needs;
        }
    }
}
