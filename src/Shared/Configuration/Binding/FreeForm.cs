using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Configuration.Text;

namespace McpPlatform.Configuration.Binding;

/// <summary>Members that take any JSON: what is written, as JSON. Numbers keep the digits that they were written with, since servers may read them.</summary>
internal static class FreeForm
{
    /// <param name="resolve">A single value with its references followed; null when they lead nowhere, which is told already.</param>
    public static JsonNode? Of(ConfigNode node, string path, Func<ScalarNode, string, Resolved?> resolve)
    {
        switch (node)
        {
            case ListNode list:
                return new JsonArray([.. list.Items.Select((item, i) => Of(item, $"{path}[{i}]", resolve))]);
            case MapNode map:
                var members = new JsonObject();
                map.Entries.ForEach(entry => members[entry.Key] = Of(entry.Value, $"{path}.{entry.Key}", resolve));
                return members;
            default:
                var scalar = (ScalarNode)node;
                return scalar.Form == ScalarKind.Null || resolve(scalar, path) is not { } value ? null
                    : scalar.Form == ScalarKind.Text ? value.Text
                    : value.Text is "true" or "false" ? value.Text == "true"
                    : Number(value.Text) ?? (JsonNode)value.Text;
        }
    }

    /// <summary>What is a number in JSON is written as it stands, whatever its length; what is one in YAML or TOML only (<c>+1</c>, <c>.5</c>) as a number of the same value.</summary>
    private static JsonNode? Number(string text) =>
        IsJsonNumber(text) ? JsonNode.Parse(text)
        : decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
        : text.Contains('e', StringComparison.OrdinalIgnoreCase) && text[^1] is >= '0' and <= '9'
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var large) && double.IsFinite(large) ? JsonValue.Create(large)
        : null;

    private static bool IsJsonNumber(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
