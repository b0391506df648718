using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.PolicyEngine;

namespace McpPlatform.UnitTests.PolicyEngine;

/// <summary>
/// The policy semantics written down a second time, for reading rather than for speed: no index, no compiled form, no shared code. It sees the rules as
/// JSON and the request as plain values.
/// </summary>
internal static class Naive
{
    public static Effect Decide(JsonObject document, Ask ask)
    {
        if (ask.Scopes.Length > 0 && !ask.Scopes.Any(s => Like(s, ask.Action)))
        {
            return Effect.Deny;
        }

        var applying = Held(document, ask).Where(rule => Covers(rule, ask) && Applies(rule, ask, unseen: false)).Select(EffectOf).ToList();
        return Strongest(applying);
    }

    public static bool CouldAllow(JsonObject document, Ask ask)
    {
        if (ask.Scopes.Length > 0 && !ask.Scopes.Any(s => Like(s, ask.Action)))
        {
            return false;
        }

        var applying = Held(document, ask).Where(rule => Covers(rule, ask) && Applies(rule, ask, unseen: true)).Select(EffectOf).ToList();
        return Strongest(applying) != Effect.Deny;
    }

    /// <summary>'*' is any run of characters: tried one by one.</summary>
    public static bool Like(string pattern, string text)
    {
        if (pattern.Length == 0)
        {
            return text.Length == 0;
        }

        return pattern[0] == '*'
            ? Enumerable.Range(0, text.Length + 1).Any(skip => Like(pattern[1..], text[skip..]))
            : text.Length > 0 && text[0] == pattern[0] && Like(pattern[1..], text[1..]);
    }

    private static Effect Strongest(List<Effect> effects) =>
        effects.Contains(Effect.Deny) ? Effect.Deny
        : effects.Contains(Effect.RequireApproval) ? Effect.RequireApproval
        : effects.Contains(Effect.Allow) ? Effect.Allow
        : Effect.Deny;

    private static IEnumerable<JsonObject> Held(JsonObject document, Ask ask)
    {
        foreach (var role in document["roles"]!.AsArray().Where(r => ask.Roles.Contains((string)r!["name"]!)))
        {
            foreach (var rule in role!["grants"]!.AsArray())
            {
                yield return rule!.AsObject();
            }
        }

        if (ask.Roles.Contains("admin"))
        {
            yield return new JsonObject { ["effect"] = "allow", ["actions"] = new JsonArray("*"), ["resources"] = new JsonArray("*") };
        }
    }

    private static bool IsMalformed(JsonObject rule) => (string)rule["effect"]! is not ("allow" or "deny" or "require_approval");

    private static Effect EffectOf(JsonObject rule) => (string)rule["effect"]! switch
    {
        "allow" => Effect.Allow,
        "require_approval" => Effect.RequireApproval,
        _ => Effect.Deny,
    };

    private static bool Covers(JsonObject rule, Ask ask) => IsMalformed(rule)
        || (Strings(rule, "actions").Any(a => Like(a, ask.Action))
            && Strings(rule, "resources").Any(r => Names(ask).Any(name => r == "*" || Like(r, name)))
            && (rule["environments"] is null || (ask.Environment is not null && Strings(rule, "environments").Any(e => Like(e, ask.Environment)))));

    private static List<string> Names(Ask ask) => ask.Kind switch
    {
        TargetKind.Platform => ["platform"],
        TargetKind.Server => [$"server:{ask.Server}"],
        _ => [$"server:{ask.Server}", $"{ask.Kind.ToString().ToLowerInvariant()}:{ask.Server}/{ask.Name}"],
    };

    private static bool Applies(JsonObject rule, Ask ask, bool unseen)
    {
        if (IsMalformed(rule))
        {
            return true;
        }

        // True = holds, false = fails, null = unknown. Unseen arguments may turn out either way: in favour of showing.
        var favour = EffectOf(rule) != Effect.Deny;
        var outcomes = (rule["conditions"]?.AsArray() ?? [])
            .Select(c => unseen && ((string)c!["attribute"]!).StartsWith("arguments.", StringComparison.Ordinal) ? favour : Holds(c!.AsObject(), ask))
            .ToList();
        return outcomes.TrueForAll(o => o ?? EffectOf(rule) != Effect.Allow);
    }

    private static bool? Holds(JsonObject condition, Ask ask)
    {
        var name = (string)condition["attribute"]!;
        var op = (string)condition["operator"]!;
        var values = condition["value"] is JsonArray list ? list.Select(v => v!).ToList() : [condition["value"]!];
        if (name == "principal.roles")
        {
            return values.Any(v => ask.Roles.Contains((string)v!)) == op is "eq" or "in";
        }

        if (name == "request.ip")
        {
            return ask.Address is null ? null : values.Any(v => IPNetwork.Parse((string)v!).Contains(ask.Address)) == op is "eq" or "in";
        }

        if (name == "request.time")
        {
            return Compare(op, ask.Time.CompareTo(DateTimeOffset.Parse((string)values[0]!, CultureInfo.InvariantCulture)));
        }

        var actual = Actual(name, ask);
        if (name.StartsWith("principal.attributes.", StringComparison.Ordinal) && actual is string text && values[0].GetValueKind() == System.Text.Json.JsonValueKind.Number)
        {
            actual = decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        var expected = values.ConvertAll(Plain);
        if (actual is null || expected[0]!.GetType() != actual.GetType())
        {
            return null;
        }

        return op is "eq" or "in" ? expected.Contains(actual)
            : op is "neq" or "nin" ? !expected.Contains(actual)
            : Compare(op, ((decimal)actual).CompareTo((decimal)expected[0]!));
    }

    private static bool Compare(string op, int order) => op switch { "lt" => order < 0, "lte" => order <= 0, "gt" => order > 0, _ => order >= 0 };

    private static object? Actual(string name, Ask ask) => name switch
    {
        "principal.subject" => ask.Subject,
        "request.environment" => ask.Environment,
        "request.server" => ask.Kind == TargetKind.Platform ? null : ask.Server,
        "request.tool" => ask.Kind == TargetKind.Tool ? ask.Name : null,
        "principal.attributes.level" => ask.Level,
        _ => Plain(name.Split('.').Skip(1).Aggregate((JsonNode?)ask.Arguments, (node, part) => (node as JsonObject)?[part])),
    };

    private static object? Plain(JsonNode? node) => node?.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.String => (string)node!,
        System.Text.Json.JsonValueKind.Number => decimal.Parse(node!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture),
        System.Text.Json.JsonValueKind.True => true,
        System.Text.Json.JsonValueKind.False => false,
        _ => null,
    };

    private static IEnumerable<string> Strings(JsonObject rule, string member) => rule[member]!.AsArray().Select(n => (string)n!);
}
