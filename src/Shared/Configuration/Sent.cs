using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using McpPlatform.Configuration.Model;
using McpPlatform.Configuration.Text;

namespace McpPlatform.Configuration;

/// <summary>
/// A configuration as it is sent to the platform: JSON with the values in place of references, without the launchers, and with the lines of the file it comes from
/// (<c>$origins</c>), so that its records name them.
/// </summary>
public static class Sent
{
    private const string OriginsMember = "$origins";

    private static readonly JsonSerializerOptions Plain = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
    };

    public static JsonObject Of(LoadedConfiguration loaded)
    {
        var sent = JsonSerializer.SerializeToNode(loaded.Configuration, Plain)!.AsObject();
        sent.Remove("launchers");
        Escape(sent);
        IEnumerable<string> paths = [.. loaded.Configuration.Servers.Keys.Select(s => $"servers.{s}"), .. loaded.Configuration.Policies.Keys.Select(p => $"policies.{p}"), .. Enumerable.Range(0, loaded.Configuration.Routes.Count).Select(i => $"routes[{i}]"), .. loaded.Configuration.ToolSets.Keys.Select(s => $"tool_sets.{s}"), "limits.max_concurrency"];
        sent[OriginsMember] = new JsonObject([.. paths.Select(path => KeyValuePair.Create(path, (JsonNode?)loaded.OriginOf(path)))]);
        return sent;
    }

    internal static Dictionary<string, string> TakeOrigins(MapNode root, ProblemList problems)
    {
        if (root.Find(OriginsMember) is not { } entry)
        {
            return [];
        }

        root.Entries.Remove(entry);
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in (entry.Value as MapNode)?.Entries ?? [])
        {
            if (member.Value is ScalarNode { Text: { Length: > 0 and <= 256 } text } && !text.Any(char.IsControl))
            {
                origins[member.Key] = text;
            }
            else
            {
                problems.Add(member.At, OriginsMember, "It is no place in a file.", "Leave it out.");
            }
        }

        return origins;
    }

    // What looks like a reference by now is none.
    private static void Escape(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                {
                    if (Escaped(value) is { } text)
                    {
                        members[name] = text;
                    }
                    else
                    {
                        Escape(value);
                    }
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (Escaped(list[i]) is { } text)
                    {
                        list[i] = text;
                    }
                    else
                    {
                        Escape(list[i]);
                    }
                }

                break;
        }
    }

    private static string? Escaped(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Contains("${", StringComparison.Ordinal) ? text.Replace("${", "$${", StringComparison.Ordinal) : null;
}
