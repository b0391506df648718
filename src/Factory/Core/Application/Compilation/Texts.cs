using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Text of a foreign document on its way to people and models.</summary>
internal static class Texts
{
    /// <summary>Without control and format characters (bidirectional overrides, zero-width marks, tags): what is shown is what is there. Cut at <paramref name="max"/>.</summary>
    public static string Clean(string? text, int max)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var clean = new StringBuilder(Math.Min(text.Length, max));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= max)
            {
                return clean.ToString().TrimEnd() + "…";
            }

            var category = Rune.GetUnicodeCategory(rune);
            var isHidden = category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
            if (!isHidden || rune.Value is '\n' or '\t')
            {
                clean.Append(rune);
            }
        }

        return clean.ToString().Trim();
    }

    /// <summary>The text of a member, cleaned; empty when it is absent or no string.</summary>
    public static string Of(JsonObject node, string name, int max) => Clean(Raw(node, name), max);

    /// <summary>A member that is a string; null otherwise.</summary>
    public static string? Raw(JsonObject node, string name) =>
        node[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A member that is true or false; the default otherwise.</summary>
    public static bool Flag(JsonObject node, string name, bool otherwise = false) => node[name] is JsonValue value
        ? value.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => otherwise,
        }
        : otherwise;

    /// <summary>The strings of a member that is an array.</summary>
    public static IEnumerable<string> List(JsonObject node, string name) => node[name] is JsonArray items
        ? items.OfType<JsonValue>().Where(v => v.GetValueKind() == JsonValueKind.String).Select(v => v.GetValue<string>())
        : [];
}
