using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>What is different between two versions of a set.</summary>
public sealed record ToolSetDifference(int From, int To, IReadOnlyList<ToolSetChange> Changes)
{
    internal static ToolSetDifference Between(ToolSetRevision before, ToolSetRevision after)
    {
        var changes = new List<ToolSetChange>();
        Compare("", JsonNode.Parse(before.Body), JsonNode.Parse(after.Body), changes);
        return new ToolSetDifference(before.Version, after.Version, changes);
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, List<ToolSetChange> changes)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return;
        }

        switch (before, after)
        {
            case (JsonObject was, JsonObject now):
                foreach (var name in was.Select(member => member.Key).Union(now.Select(member => member.Key)))
                {
                    Compare(path.Length == 0 ? name : $"{path}.{name}", was[name], now[name], changes);
                }

                break;
            case (JsonArray or null, JsonArray or null):
                CompareItems(path, [.. before as JsonArray ?? []], [.. after as JsonArray ?? []], changes);
                break;
            default:
                changes.Add(new ToolSetChange(path, Element(before), Element(after)));
                break;
        }
    }

    /// <summary>Items by what they are, not by where they stand; overrides by whose they are.</summary>
    private static void CompareItems(string path, List<JsonNode?> before, List<JsonNode?> after, List<ToolSetChange> changes)
    {
        var gone = before.Where(was => !after.Exists(now => JsonNode.DeepEquals(was, now))).ToList();
        foreach (var added in after.Where(now => !before.Exists(was => JsonNode.DeepEquals(was, now))))
        {
            if (KeyOf(added) is { } key && gone.Find(was => KeyOf(was) == key) is { } was)
            {
                gone.Remove(was);
                Compare($"{path}[{key}]", was, added, changes);
            }
            else
            {
                changes.Add(new ToolSetChange(path, null, Element(added)));
            }
        }

        changes.AddRange(gone.Select(was => new ToolSetChange(path, Element(was), null)));
    }

    private static string? KeyOf(JsonNode? item) => item is JsonObject change && change["kind"] is { } kind ? $"{kind} {change["server"]}/{change["name"]}" : null;

    private static JsonElement? Element(JsonNode? node) => node is null ? null : JsonSerializer.SerializeToElement(node);
}

/// <summary>One difference. A member of an object has a value before and after; of a list there is what came or went.</summary>
/// <param name="Path">Such as <c>title</c>, <c>members</c> or <c>overrides[tool github/list_issues].rename</c>.</param>
/// <param name="Before">Null = it was not there.</param>
/// <param name="After">Null = it is not there any more.</param>
public sealed record ToolSetChange(string Path, JsonElement? Before, JsonElement? After);
