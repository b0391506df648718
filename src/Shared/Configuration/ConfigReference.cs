using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.Configuration;

/// <summary>The reference of docs/configuration.md, made from the schema.</summary>
public static class ConfigReference
{
    /// <summary>Between these lines of the page.</summary>
    public const string Begin = "<!-- made from the schema: do not edit; tests/UnitTests/Configuration/SchemaTests writes it anew when told to update samples -->";

    public const string End = "<!-- end of what is made from the schema -->";

    /// <summary>A heading and a table per section.</summary>
    public static string Markdown()
    {
        var schema = JsonNode.Parse(ConfigSchema.Text)!.AsObject();
        var page = new StringBuilder();
        Table(page, "The file", schema);
        foreach (var (name, section) in schema["$defs"]!.AsObject())
        {
            Table(page, $"`{name}`", section!.AsObject());
        }

        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, JsonObject section)
    {
        var required = section["required"]?.AsArray().Select(r => (string)r!).ToHashSet() ?? [];
        page.Append("### ").Append(title).Append("\n\n| member | type | |\n|---|---|---|\n");
        foreach (var (name, member) in section["properties"]!.AsObject())
        {
            var says = new StringBuilder(((string?)member!["description"] ?? "").Replace("|", "\\|", StringComparison.Ordinal));
            if (member["examples"]?[0] is { } example)
            {
                says.Append(" Example: `").Append((string)example!).Append('`');
            }

            if (member["writeOnly"] is not null)
            {
                says.Append(" **Secret.**");
            }

            page.Append("| `").Append(name).Append('`').Append(required.Contains(name) ? " (required)" : "").Append(" | ").Append(TypeOf(member.AsObject())).Append(" | ").Append(says).Append(" |\n");
        }

        page.Append('\n');
    }

    private static string TypeOf(JsonObject member)
    {
        if ((string?)member["$ref"] is { } reference)
        {
            return $"`{reference.Split('/')[^1]}`";
        }

        if (member["anyOf"]?[0] is JsonObject plain)
        {
            return TypeOf(plain);
        }

        if (member["enum"] is JsonArray values)
        {
            return string.Join(", ", values.Select(v => $"`{v}`"));
        }

        if (member["type"] is JsonArray several)
        {
            return several.Count == 2 ? "text" : string.Join(", ", several.Select(t => Word((string)t!)));
        }

        return (string?)member["type"] switch
        {
            "array" => $"list of {TypeOf(member["items"]!.AsObject())}",
            "object" when member["additionalProperties"] is null => "group of members",
            "object" => $"by name: {TypeOf(member["additionalProperties"]!.AsObject())}",
            var type when member["minimum"] is { } least => string.Create(CultureInfo.InvariantCulture, $"{Word(type!)} {least} – {member["maximum"]}"),
            var type => Word(type!),
        };
    }

    private static string Word(string type) => type switch { "string" => "text", "integer" => "whole number", "boolean" => "true, false", "array" => "list", _ => type };
}
