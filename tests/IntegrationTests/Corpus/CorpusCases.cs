using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.IntegrationTests.Corpus;

/// <summary>
/// The cases of one file as this platform takes them, in a folder of their own: expectations that our design changes, and bodies that a template cannot
/// write (a policy is a set of rules here; a pack is compiled from a document inside the body).
/// </summary>
internal static class CorpusCases
{
    private static readonly string Folder = Path.Combine(Repository.Root, "../shared/corpus/cases");

    private static readonly string[] Data = ["payload-strings.json", "ssrf-targets.json"];

    /// <summary>Bodies and documents may hold half of a surrogate pair, so what is not changed is copied as it is written.</summary>
    public static IReadOnlyDictionary<string, ChangedExpectation> Changed { get; } =
        JsonSerializer.Deserialize<Dictionary<string, ChangedExpectation>>(File.ReadAllText(Path.Combine(Repository.Root, "tests/IntegrationTests/Corpus/expectations.json")), JsonSerializerOptions.Web)!;

    public static IEnumerable<string> Files => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "index.json")))!["files"]!.AsArray()
        .Where(f => f!["kind"]!.GetValue<string>() == "cases").Select(f => Path.GetFileNameWithoutExtension(f!["file"]!.GetValue<string>()));

    public static IEnumerable<string> Ids => Files.SelectMany(f => Read(f)["cases"]!.AsArray()).Select(c => c!["id"]!.GetValue<string>());

    /// <summary>Writes the cases of one file, and the data that they draw on.</summary>
    public static void Write(string file, string folder)
    {
        foreach (var data in Data)
        {
            File.Copy(Path.Combine(Folder, data), Path.Combine(folder, data));
        }

        var corpus = Read(file);
        var cases = corpus["cases"]!.AsArray();
        foreach (var one in cases)
        {
            if (Changed.TryGetValue(one!["id"]!.GetValue<string>(), out var changed))
            {
                foreach (var (name, value) in changed.Expect)
                {
                    one["expect"]![name] = value?.DeepClone();
                }
            }
        }

        if (file == "admin-rest")
        {
            AsChanges(cases);
        }
        else if (file == "policy")
        {
            AsRules(cases);
        }
        else if (file == "openapi-upload")
        {
            AlsoAsPacks(cases);
        }
        else if (file == "config-yaml")
        {
            AlsoForPolicies(cases);
        }

        File.WriteAllText(Path.Combine(folder, $"{file}.json"), corpus.ToJsonString());
    }

    private static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, $"{file}.json")))!;

    // Servers are changed by PATCH with what changes; anything else would be refused for its form, whoever owns what it aims at.
    private static void AsChanges(JsonArray cases)
    {
        foreach (var one in cases.Where(c => c!["method"]!.GetValue<string>() is "PUT" or "PATCH" && c["body"] is JsonObject body && body["$template"]?.GetValue<string>() == "server"))
        {
            one!["method"] = "PATCH";
            one["body"]!["$template"] = "serverChange";
        }
    }

    // What a case does to the policy is done to a rule of the set: effect as it is, tools as resources, subjects as a condition.
    private static void AsRules(JsonArray cases)
    {
        foreach (var one in cases)
        {
            if (one!["body"] is not JsonObject body || body["$template"] is null)
            {
                continue;
            }

            var rule = JsonNode.Parse("""{"id":"rule","effect":"deny","actions":["tools:call"],"resources":["tool:corpus/*"]}""")!.AsObject();
            foreach (var (name, value) in body["merge"]?.AsObject() ?? [])
            {
                switch (name)
                {
                    case "tools":
                        rule["resources"] = value is JsonArray tools ? new JsonArray([.. tools.Select(AsResource)]) : value?.DeepClone();
                        break;
                    case "subjects":
                        rule["conditions"] = new JsonArray(new JsonObject { ["attribute"] = "principal.subject", ["operator"] = "in", ["value"] = value?.DeepClone() });
                        break;
                    default:
                        rule[name] = value?.DeepClone();
                        break;
                }
            }

            body.Remove("merge");
            body["set"]!["grants"] = new JsonArray(rule);
            if (one["follow"] is not null)
            {
                // Into a role that the caller of the tool holds, so that the pattern is really matched.
                (one["method"], one["path"]) = ("PUT", "{policy}/corpus-wild");
                body["set"]!["name"] = "corpus-wild";
            }
        }
    }

    private static JsonNode? AsResource(JsonNode? tool) =>
        tool is JsonValue value && value.TryGetValue<string>(out var text) && text is not ("" or "*") ? $"tool:corpus/{text}" : tool?.DeepClone();

    // Each configuration a second time, to the other service that has a part in it.
    private static void AlsoForPolicies(JsonArray cases)
    {
        foreach (var one in cases.ToArray())
        {
            var other = one!.DeepClone();
            (other["id"], other["path"]) = ($"{one["id"]}@policy", "{admin}/configuration/policy");
            cases.Add(other);
        }
    }

    // Each document a second time, as the source of a pack: analysing reads it, creating compiles it.
    private static void AlsoAsPacks(JsonArray cases)
    {
        foreach (var one in cases.ToArray())
        {
            var isUpload = one!["headers"]!["Content-Type"]?.GetValue<string>().StartsWith("multipart/", StringComparison.Ordinal) == true;
            if (isUpload || one["generator"] is not null || one["body"] is not { } document)
            {
                continue;
            }

            var pack = one.DeepClone();
            pack["id"] = $"{one["id"]}@pack";
            pack["path"] = "{packs}";
            pack["headers"]!["Content-Type"] = "application/json";
            pack["body"] = new JsonObject { ["namespace"] = "com.example", ["name"] = "corpus-{uniq}", ["version"] = "1.0.0", ["document"] = document.DeepClone() };
            cases.Add(pack);
        }
    }
}

/// <summary>What a case expects here instead.</summary>
/// <param name="Expect">Members that take the place of the case's own.</param>
/// <param name="Reason">Why, in words: what the protocol or our design says.</param>
internal sealed record ChangedExpectation(JsonObject Expect, string Reason);
