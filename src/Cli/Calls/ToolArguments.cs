using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Calls;

/// <summary>Turns <c>key=value</c> words into a tool's arguments, by the types that its input schema gives.</summary>
internal static class ToolArguments
{
    /// <summary>
    /// A text stays text where the schema wants a string (<c>zip=01234</c>); everything else is read as JSON (<c>n=5</c>, <c>tags=["a"]</c>), and as text where
    /// it is none and the schema does not mind. A word without <c>=</c>, and a value that cannot be of the wanted type, are usage errors.
    /// </summary>
    public static JsonObject Parse(IEnumerable<string> words, JsonObject? schema)
    {
        var arguments = new JsonObject();
        foreach (var word in words)
        {
            var at = word.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
            {
                throw CliException.Usage($"Arguments are key=value, and '{word}' is none. A whole object goes with --arguments.");
            }

            var (name, text) = (word[..at], word[(at + 1)..]);
            arguments[name] = Value(name, text, Types(schema?["properties"]?[name]));
        }

        return arguments;
    }

    private static JsonNode? Value(string name, string text, IReadOnlyList<string> types)
    {
        if (types is ["string"])
        {
            return text;
        }

        try
        {
            var value = JsonNode.Parse(text);
            if (types.Count == 0 || types.Contains(TypeOf(value)) || (types.Contains("integer") && TypeOf(value) == "number"))
            {
                return value;
            }
        }
        catch (JsonException)
        {
            // Not JSON: a text, when the schema lets it be one.
        }

        return types.Count == 0 || types.Contains("string") ? text : throw CliException.Usage($"{name} must be {string.Join(" or ", types)}, and '{text}' is not.");
    }

    private static IReadOnlyList<string> Types(JsonNode? property) => (property as JsonObject)?["type"] switch
    {
        JsonValue one => [one.ToString()],
        JsonArray several => [.. several.Select(t => t?.ToString() ?? "")],
        _ => [],
    };

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "null",
    };
}
