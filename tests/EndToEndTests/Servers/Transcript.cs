using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpPlatform.EndToEndTests.Wire;

namespace McpPlatform.EndToEndTests.Servers;

/// <summary>What a server said in one conversation: its definitions by name, and its answers to a row of steps with everything that it said or asked on the way, in order.</summary>
/// <param name="Version">Of the protocol.</param>
/// <param name="Entries">By what was asked for.</param>
internal sealed partial record Transcript(string Version, IReadOnlyDictionary<string, string> Entries)
{
    private const int Shown = 700;

    private static readonly (string Method, string Member, string Key)[] Lists =
    [
        ("tools/list", "tools", "name"), ("prompts/list", "prompts", "name"), ("resources/list", "resources", "uri"), ("resources/templates/list", "resourceTemplates", "uriTemplate"),
    ];

    public static async Task<Transcript> Of(Conversation conversation, IEnumerable<Step> steps)
    {
        var entries = new Dictionary<string, string>();
        foreach (var (method, member, key) in Lists)
        {
            foreach (var item in await ItemsOf(conversation, method, member))
            {
                entries.Add($"{method} {item[key]}", item.ToJsonString());
            }
        }

        Told(conversation);
        foreach (var step in steps)
        {
            var answer = Normal(await conversation.Request(step.Method, step.Parameters), conversation.IsModern);
            entries.Add($"{step.Method} {step.Parameters.ToJsonString()}", answer + Told(conversation));
        }

        return new(conversation.Version, entries);
    }

    /// <summary>Where another one says something else, in words. What that one was not asked is no difference.</summary>
    public IEnumerable<string> Differences(Transcript through) => Entries.Keys.Union(through.Entries.Keys)
        .Where(key => through.Entries.ContainsKey(key) || Array.Exists(Lists, list => key.StartsWith(list.Method, StringComparison.Ordinal)))
        .Where(key => Entries.GetValueOrDefault(key) != through.Entries.GetValueOrDefault(key))
        .Select(key => $"{key}\n  directly ({Version}): {Clipped(Entries.GetValueOrDefault(key))}\n  through the gateway ({through.Version}): {Clipped(through.Entries.GetValueOrDefault(key))}");

    /// <summary>The gateway sorts, and has an empty list where a server has none.</summary>
    private static async Task<IReadOnlyList<JsonObject>> ItemsOf(Conversation conversation, string method, string member)
    {
        var first = await conversation.Request(method);
        return first["error"]?["code"]?.GetValue<int>() == -32601 ? [] : await conversation.List(method, member);
    }

    /// <summary>What was heard and asked since the last look, in order. List changes, and roots that are asked for by the way, come when they come.</summary>
    private static string Told(Conversation conversation)
    {
        var told = new List<string>();
        while (conversation.Heard.TryDequeue(out var heard))
        {
            if (!Incidental().IsMatch(heard.ToJsonString()))
            {
                told.Add($"heard {heard["method"]} {heard["params"]?.ToJsonString()}");
            }
        }

        while (conversation.Asked.TryDequeue(out var asked))
        {
            if (!Incidental().IsMatch(asked.ToJsonString()))
            {
                told.Add($"asked {Masked(asked.ToJsonString())}");
            }
        }

        return string.Concat(told.Select(line => $"\n    {line}"));
    }

    /// <summary>Without what the modern era says besides; a missing resource has a code in each era.</summary>
    private static string Normal(JsonObject answer, bool isModern)
    {
        if (isModern && answer["result"] is JsonObject result)
        {
            result.Remove("resultType");
            result.Remove("ttlMs");
            result.Remove("cacheScope");
            if (result["_meta"] is JsonObject meta && meta.Remove("io.modelcontextprotocol/serverInfo") && meta.Count == 0)
            {
                result.Remove("_meta");
            }
        }

        return Masked(answer.ToJsonString());
    }

    private static string Masked(string text) => Random().Replace(text, "<random>");

    private static string Clipped(string? text) => text switch
    {
        null => "nothing",
        { Length: > Shown } => text[..Shown] + "…",
        _ => text,
    };

    /// <summary>Clocks (the second one in Base64, after "created at") and ids.</summary>
    [GeneratedRegex(@"\d{1,2}:\d{2}:\d{2} [AP]M|(?<=IGNyZWF0ZWQgYXQg)[\w+/=]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Random();

    [GeneratedRegex("list_changed|roots/list|Roots updated")]
    private static partial Regex Incidental();
}
