using System.Globalization;

namespace McpPlatform.ServiceDefaults;

/// <summary>Attributes as text.</summary>
internal static class MetricAttributes
{
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, string> Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var attributes = new Dictionary<string, string>(tags.Length, StringComparer.Ordinal);
        foreach (var (name, value) in tags)
        {
            attributes[name] = Spell(value);
        }

        return attributes;
    }

    public static string Spell(object? value) => value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
