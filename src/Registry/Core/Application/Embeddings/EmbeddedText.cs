using System.Text;
using System.Text.Json;

namespace McpPlatform.Registry.Application.Embeddings;

/// <summary>What of a definition is embedded, and so leaves the house: its name, title, description and the names of its parameters.</summary>
public static class EmbeddedText
{
    /// <summary>2000 characters, some 500 tokens: the shortest context of models in use, and more than most descriptions.</summary>
    public const int MaxLength = 2000;

    /// <summary>Never empty: a definition has a name.</summary>
    public static string Of(string name, string definition)
    {
        var text = new StringBuilder(Words(name));
        using var json = JsonDocument.Parse(definition);
        Line(text, Text(json.RootElement, "title"));
        Line(text, Text(json.RootElement, "description"));
        if (Member(json.RootElement, "inputSchema") is { } schema && Member(schema, "properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            Line(text, string.Join(", ", properties.EnumerateObject().Select(property => Words(property.Name))));
        }

        // A provider may refuse half a character.
        var length = Math.Min(text.Length, MaxLength);
        return text.ToString(0, length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length);
    }

    private static void Line(StringBuilder text, string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            text.Append('\n').Append(line);
        }
    }

    private static string Words(string name) => name.Replace('_', ' ').Replace('-', ' ');

    private static JsonElement? Member(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
