using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Output;

/// <summary>One column of a table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Path">Member of the item, with dots into objects: <c>connection.url</c>; empty = the item itself.</param>
/// <param name="Format">Turns the member into text when the usual form is not for people; gets null when the item has no such member.</param>
internal sealed record Column(string Title, string Path, Func<JsonNode?, string>? Format = null)
{
    /// <summary>A moment as local time without fractions; <c>-</c> when absent.</summary>
    public static Column Time(string title, string path) =>
        new(title, path, n => DateTimeOffset.TryParse((string?)n, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : "-");

    /// <summary>How many entries a list has.</summary>
    public static Column Count(string title, string path) =>
        new(title, path, n => n is JsonArray list ? list.Count.ToString(CultureInfo.InvariantCulture) : Show(n));

    public string Of(JsonNode? item)
    {
        var node = item;
        foreach (var member in Path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node as JsonObject)?[member];
        }

        return Format is null ? Show(node) : Format(node);
    }

    /// <summary>A value in one line: lists of simple values with commas, everything else as JSON.</summary>
    public static string Show(JsonNode? node) => node switch
    {
        null => "-",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => (string)value!,
        JsonArray { Count: 0 } => "-",
        JsonArray list when list.All(i => i is JsonValue) => string.Join(", ", list.Select(Show)),
        _ => node.ToJsonString(),
    };
}
