using System.Text.Json.Nodes;

namespace McpPlatform.UnitTests.Trust;

/// <summary>
/// What clients of an API description would notice in the next one. Added paths, methods, optional parameters and members of answers are nothing; what went, became required or changed its type is.
/// Enumerations may grow in what is read; what is answered may grow as well, as docs/agents.md says.
/// </summary>
public static class ApiCompatibility
{
    /// <summary>One sentence for each thing that broke; none when the new description serves the clients of the old one.</summary>
    public static IReadOnlyList<string> Breaks(JsonNode before, JsonNode after)
    {
        var broken = new List<string>();
        foreach (var (path, operations) in Members(before["paths"]))
        {
            foreach (var (method, old) in Members(operations).Where(o => o.Value?["responses"] is not null))
            {
                var where = $"{method.ToUpperInvariant()} {path}";
                if (after["paths"]?[path]?[method] is not { } now)
                {
                    broken.Add($"{where} is gone.");
                    continue;
                }

                Parameters(where, old!, now, broken);
                Body(where, old!, now, (before, after), broken);
                Answers(where, old!, now, (before, after), broken);
            }
        }

        return broken;
    }

    private static void Parameters(string where, JsonNode old, JsonNode now, List<string> broken)
    {
        var (known, given) = (Items(old["parameters"]), Items(now["parameters"]));
        foreach (var parameter in known)
        {
            var same = given.FirstOrDefault(p => Name(p) == Name(parameter));
            if (same is null)
            {
                broken.Add($"{where} no longer takes {Name(parameter)}.");
            }
            else if (Type(same["schema"]) is { } type && Type(parameter["schema"]) is { } was && !was.IsSubsetOf(type))
            {
                broken.Add($"{where} takes {Name(parameter)} as {string.Join(" or ", type)} instead of {string.Join(" or ", was)}.");
            }
        }

        foreach (var parameter in given.Where(p => IsRequired(p) && !known.Any(k => Name(k) == Name(p) && IsRequired(k))))
        {
            broken.Add($"{where} requires {Name(parameter)}.");
        }

        static string Name(JsonNode parameter) => $"{parameter["name"]} ({parameter["in"]})";
        static bool IsRequired(JsonNode parameter) => parameter["required"]?.GetValue<bool>() == true;
    }

    private static void Body(string where, JsonNode old, JsonNode now, (JsonNode Before, JsonNode After) documents, List<string> broken)
    {
        var (was, schema) = (Schema(old["requestBody"]), Schema(now["requestBody"]));
        if (now["requestBody"]?["required"]?.GetValue<bool>() == true && old["requestBody"]?["required"]?.GetValue<bool>() != true)
        {
            broken.Add($"{where} requires a body.");
        }

        if (was is not null && schema is null)
        {
            broken.Add($"{where} no longer takes a body.");
        }

        Compare($"{where}: the body", was, schema, documents, isRead: true, [], broken);
    }

    private static void Answers(string where, JsonNode old, JsonNode now, (JsonNode Before, JsonNode After) documents, List<string> broken)
    {
        foreach (var (status, answer) in Members(old["responses"]))
        {
            if (now["responses"]?[status] is not { } same)
            {
                broken.Add($"{where} no longer answers {status}.");
                continue;
            }

            Compare($"{where}: {status}", Schema(answer), Schema(same), documents, isRead: false, [], broken);
        }
    }

    private static void Compare(string where, JsonNode? old, JsonNode? now, (JsonNode Before, JsonNode After) documents, bool isRead, HashSet<string> seen, List<string> broken)
    {
        if (Resolved(old, documents.Before) is not { } was || Resolved(now, documents.After) is not { } schema || (Reference(old) is { } reference && !seen.Add(reference)))
        {
            return;
        }

        if (Type(was) is { } types && Type(schema) is { } given && !(isRead ? types.IsSubsetOf(given) : given.IsSubsetOf(types)))
        {
            broken.Add($"{where} is {string.Join(" or ", given)} instead of {string.Join(" or ", types)}.");
            return;
        }

        if (isRead && was["enum"] is JsonArray values && schema["enum"] is JsonArray taken)
        {
            broken.AddRange(values.Where(v => !taken.Any(t => JsonNode.DeepEquals(t, v))).Select(v => $"{where} no longer takes {v}."));
        }

        foreach (var (name, member) in Members(was["properties"]))
        {
            if (schema["properties"]?[name] is { } same)
            {
                Compare($"{where}.{name}", member, same, documents, isRead, [.. seen], broken);
            }
            else
            {
                broken.Add($"{where}.{name} is gone.");
            }
        }

        var (required, before) = (Texts(schema["required"]), Texts(was["required"]));
        broken.AddRange(isRead
            ? required.Except(before).Select(name => $"{where} requires {name}.")
            : before.Except(required).Where(name => schema["properties"]?[name] is not null).Select(name => $"{where}.{name} may be missing now."));
        Compare($"{where}[]", was["items"], schema["items"], documents, isRead, [.. seen], broken);
    }

    private static JsonNode? Schema(JsonNode? message) => message?["content"]?["application/json"]?["schema"];

    /// <summary>What a reference means, and of what may be null the other half.</summary>
    private static JsonNode? Resolved(JsonNode? schema, JsonNode document)
    {
        if (schema?["oneOf"] is JsonArray { Count: 2 } either && either.FirstOrDefault(e => e?["type"]?.ToString() != "null") is { } half)
        {
            return Resolved(half, document);
        }

        return Reference(schema) is { } reference ? document["components"]?["schemas"]?[reference["#/components/schemas/".Length..]] : schema;
    }

    private static string? Reference(JsonNode? schema) => schema?["$ref"]?.GetValue<string>() ?? (schema?["oneOf"] as JsonArray)?.Select(e => e?["$ref"]?.GetValue<string>()).FirstOrDefault(r => r is not null);

    private static HashSet<string>? Type(JsonNode? schema) => schema?["type"] switch
    {
        JsonArray several => [.. several.Select(t => t!.GetValue<string>())],
        JsonValue one => [one.GetValue<string>()],
        _ => null,
    };

    private static string[] Texts(JsonNode? array) => array is JsonArray texts ? [.. texts.Select(t => t!.GetValue<string>())] : [];

    private static IReadOnlyList<JsonNode> Items(JsonNode? array) => array is JsonArray items ? [.. items.OfType<JsonNode>()] : [];

    private static JsonObject Members(JsonNode? node) => node as JsonObject ?? [];
}
