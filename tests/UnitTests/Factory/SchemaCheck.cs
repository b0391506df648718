using System.Text.Json;

namespace McpPlatform.UnitTests.Factory;

/// <summary>What makes a JSON Schema 2020-12 unusable to clients: references to nowhere, keywords with values of the wrong kind, endless inclusion.</summary>
internal static class SchemaCheck
{
    private static readonly string[] Types = ["string", "number", "integer", "boolean", "array", "object", "null"];

    private static readonly string[] InPlace = ["allOf", "anyOf", "oneOf"];

    public static List<string> Problems(JsonElement root)
    {
        var problems = new List<string>();
        Visit(root, root, "", problems);
        if (root.TryGetProperty("$defs", out var definitions))
        {
            foreach (var definition in definitions.EnumerateObject())
            {
                Visit(definition.Value, root, $"/$defs/{definition.Name}", problems);
                Endless(definition.Name, definition.Value, definitions, [], problems);
            }
        }

        return problems;
    }

    private static void Visit(JsonElement schema, JsonElement root, string where, List<string> problems)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{where} is no schema");
            return;
        }

        foreach (var member in schema.EnumerateObject())
        {
            var here = $"{where}/{member.Name}";
            switch (member.Name)
            {
                case "$ref" when !member.Value.GetString()!.StartsWith("#/$defs/", StringComparison.Ordinal)
                    || !root.TryGetProperty("$defs", out var definitions) || !definitions.TryGetProperty(member.Value.GetString()![8..], out _):
                    problems.Add($"{here} names nothing");
                    break;
                case "type":
                    var types = member.Value.ValueKind == JsonValueKind.Array ? member.Value.EnumerateArray().Select(t => t.GetString()).ToList() : [member.Value.GetString()];
                    if (types.Count == 0 || types.Except(Types).Any() || types.Distinct().Count() != types.Count)
                    {
                        problems.Add($"{here} is no type");
                    }

                    break;
                case "enum" when member.Value.ValueKind != JsonValueKind.Array:
                case "required" when member.Value.ValueKind != JsonValueKind.Array || member.Value.EnumerateArray().Any(n => n.ValueKind != JsonValueKind.String):
                case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "minLength" or "maxLength" when member.Value.ValueKind != JsonValueKind.Number:
                case "nullable" or "readOnly" or "example" or "discriminator" or "xml":
                    problems.Add($"{here} does not belong there");
                    break;
                case "properties" or "patternProperties" or "dependentSchemas":
                    foreach (var property in member.Value.EnumerateObject())
                    {
                        Visit(property.Value, root, $"{here}/{property.Name}", problems);
                    }

                    break;
                case "allOf" or "anyOf" or "oneOf" or "prefixItems":
                    if (member.Value.GetArrayLength() == 0)
                    {
                        problems.Add($"{here} is empty");
                    }

                    foreach (var part in member.Value.EnumerateArray())
                    {
                        Visit(part, root, here, problems);
                    }

                    break;
                case "items" or "additionalProperties" or "not" or "if" or "then" or "else" or "contains" or "propertyNames" or "unevaluatedItems" or "unevaluatedProperties":
                    Visit(member.Value, root, here, problems);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Endless(string name, JsonElement schema, JsonElement definitions, HashSet<string> path, List<string> problems)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            var next = reference.GetString()![8..];
            if (!path.Add(next))
            {
                problems.Add($"{name} includes itself without an end");
                return;
            }

            if (path.Count < 64 && definitions.TryGetProperty(next, out var target))
            {
                Endless(name, target, definitions, path, problems);
            }

            path.Remove(next);
        }

        foreach (var part in InPlace.Where(k => schema.TryGetProperty(k, out _)).SelectMany(k => schema.GetProperty(k).EnumerateArray()))
        {
            Endless(name, part, definitions, path, problems);
        }
    }
}
