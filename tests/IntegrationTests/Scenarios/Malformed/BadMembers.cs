using System.Globalization;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.IntegrationTests.Scenarios.Malformed;

/// <summary>Every member of every body in <c>bodies.json</c> (which are right as they stand there) replaced, renamed and given twice.</summary>
internal static class BadMembers
{
    private const string Here = "@@here@@";

    private static readonly (string Id, string Json)[] Values =
    [
        ("half a pair", "\"\\ud800\""),
        ("U+0000", "\"a\\u0000b\""),
        ("endless", $"\"{new string('x', 20_000)}\""),
        ("empty", "\"\""),
        ("null", "null"),
        ("true", "true"),
        ("negative", "-1"),
        ("1e400", "1e400"),
        ("2^63", "9223372036854775808"),
        ("list", "[]"),
        ("list of null", "[null]"),
        ("object", "{}"),
        ("object with half a pair", "{\"\\ud800\":1}"),
        ("60 levels", $"{new string('[', 60)}{new string(']', 60)}"),
        ("control characters", "\"\\u001b[31m\\u202e\\r\\nX-Injected: 1\""),
    ];

    private static readonly (string Id, string Json)[] Names = [("half a pair", "\"\\udc00\""), ("endless", $"\"{new string('n', 20_000)}\""), ("empty", "\"\""), ("__proto__", "\"__proto__\"")];

    public static IEnumerable<BadRequest> All()
    {
        var next = 0;
        return Read().SelectMany(Of).Select(r => r with { Body = r.Body!.Replace("{n}", Convert.ToString(next++, CultureInfo.InvariantCulture), StringComparison.Ordinal) });
    }

    /// <summary>The bodies as they stand, which must be taken.</summary>
    public static IEnumerable<BadRequest> Right() => Read().Select(r => Request(r!, "right", r!["body"]!.ToJsonString().Replace("{n}", $"right-{r["name"]}", StringComparison.Ordinal)));

    private static JsonArray Read() => JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/IntegrationTests/Scenarios/Malformed/bodies.json")))!.AsArray();

    private static IEnumerable<BadRequest> Of(JsonNode? request)
    {
        foreach (var path in Paths(request!["body"]!))
        {
            foreach (var (id, json) in Values)
            {
                yield return Request(request, $"{Text(path)} = {id}", With(request, body => Set(body, path, Here), json));
            }

            if (path[^1] is not string member)
            {
                continue;
            }

            foreach (var (id, json) in Names)
            {
                yield return Request(request, $"{Text(path)} named {id}", With(request, body => Rename((JsonObject)Find(body, path[..^1]), member), json));
            }

            yield return Request(request, $"{Text(path)} twice", With(request, body => ((JsonObject)Find(body, path[..^1]))[Here] = "other", $"\"{member}\""));
        }
    }

    private static string With(JsonNode request, Action<JsonNode> change, string json)
    {
        var body = request["body"]!.DeepClone();
        change(body);
        return body.ToJsonString().Replace($"\"{Here}\"", json, StringComparison.Ordinal);
    }

    private static void Rename(JsonObject parent, string member)
    {
        var value = parent[member]?.DeepClone();
        parent.Remove(member);
        parent[Here] = value;
    }

    private static void Set(JsonNode body, object[] path, string text)
    {
        var parent = Find(body, path[..^1]);
        if (path[^1] is string name)
        {
            parent[name] = text;
        }
        else
        {
            parent[(int)path[^1]] = text;
        }
    }

    private static BadRequest Request(JsonNode request, string id, string body) => new(
        $"{request["name"]}: {id}",
        request["method"]!.GetValue<string>(),
        request["path"]!.GetValue<string>(),
        body,
        [.. (request["headers"]?.AsObject() ?? []).Select(h => (h.Key, h.Value!.GetValue<string>()))]);

    private static IEnumerable<object[]> Paths(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Paths(m.Value).Select(p => (object[])[m.Key, .. p]).Prepend([m.Key])),
        JsonArray items => items.SelectMany((item, i) => Paths(item).Select(p => (object[])[i, .. p]).Prepend([i])),
        _ => [],
    };

    private static JsonNode Find(JsonNode node, object[] path) => path.Aggregate(node, (at, step) => (step is string name ? at[name] : at[(int)step])!);

    private static string Text(object[] path) => string.Join('.', path.Select(p => Convert.ToString(p, CultureInfo.InvariantCulture)));
}
