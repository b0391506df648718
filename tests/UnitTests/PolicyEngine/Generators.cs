using System.Net;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using McpPlatform.PolicyEngine;

namespace McpPlatform.UnitTests.PolicyEngine;

/// <summary>Random policies and requests over alphabets so small that rules and requests meet often.</summary>
internal static class Generators
{
    private static readonly string[] s_resources =
        ["*", "platform", "server:git*", "server:db", "tool:github/*", "tool:*/delete_*", "tool:git*t*e", "tool:db/list", "prompt:*", "resource:db/*e*",
        // What rules are found by: a server, the last part of a name, a beginning.
        "tool:github/list", "tool:*/list", "tool:*/e/delete_e", "prompt:db/*", "server:github", "server:gi*", "tool:gitea*", "resource:*/update"];

    public static Arbitrary<Case> Cases => (
        from document in Document
        from ask in Asks
        select new Case(document, ask)).ToArbitrary();

    private static Gen<Ask> Asks =>
        from roles in Gen.SubListOf("r0", "r1", "r2", "admin", "gone")
        from scopes in Gen.Frequency((4, Gen.Constant(Array.Empty<string>())), (1, Gen.Elements(["tools:*"], ["*"], (string[])["prompts:get", "servers:*"])))
        from subject in Gen.Elements("ann", "bob")
        from level in Gen.Elements(null, "1", "2", "high")
        from action in Gen.Elements("tools:call", "tools:call", "prompts:get", "servers:read", "other:thing")
        from kind in Gen.Elements(TargetKind.Tool, TargetKind.Tool, TargetKind.Prompt, TargetKind.Resource, TargetKind.Server, TargetKind.Platform)
        from server in Gen.Elements("github", "gitea", "db")
        from name in Gen.Elements("delete_repo", "list", "update", "e/delete_e")
        from environment in Gen.Elements(null, "prod", "dev")
        from address in Gen.Elements(null, IPAddress.Parse("10.1.2.3"), IPAddress.Parse("192.0.2.7"), IPAddress.Parse("::ffff:10.9.9.9"))
        from hour in Gen.Choose(0, 23)
        from arguments in Arguments
        select new Ask
        {
            Roles = [.. roles],
            Scopes = scopes,
            Subject = subject,
            Level = level,
            Action = action,
            Kind = kind,
            Server = server,
            Name = kind == TargetKind.Server ? "" : name,
            Environment = kind == TargetKind.Platform ? null : environment,
            Address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address,
            Time = new(2026, 5, 1, hour, 0, 0, TimeSpan.Zero),
            Arguments = arguments,
        };

    private static Gen<JsonObject?> Arguments => Gen.Frequency(
        (1, Gen.Constant<JsonObject?>(null)),
        (6,
            from a in Gen.Elements<string?>(null, "1", "2", "2.0", "1e0", "\"x\"", "\"y\"", "true", "false", "null", "[]", "{}")
            from b in Gen.Elements<string?>(null, "1", "{\"c\":2}", "{\"c\":\"x\"}", "{\"d\":1}")
            select Object(("a", a), ("b", b))));

    private static Gen<JsonObject> Condition => Gen.OneOf(
        Compared(["arguments.a", "arguments.b.c", "principal.attributes.level"], ["lt", "lte", "gt", "gte", "eq", "neq"], ["1", "2", "1.5"]),
        Compared(["arguments.a", "arguments.b.c"], ["eq", "neq"], ["\"x\"", "true", "false"]),
        Compared(["arguments.a", "arguments.b.c"], ["in", "nin"], ["[1,3]", "[\"x\",\"z\"]"]),
        Compared(["principal.subject"], ["eq", "neq"], ["\"ann\""]),
        Compared(["principal.roles"], ["in", "nin"], ["[\"r1\",\"r2\"]"]),
        Compared(["request.environment"], ["eq", "neq"], ["\"prod\""]),
        Compared(["request.tool"], ["in", "nin"], ["[\"list\"]"]),
        Compared(["request.server"], ["eq", "neq"], ["\"db\""]),
        Compared(["request.ip"], ["in", "nin"], ["[\"10.0.0.0/8\"]"]),
        Compared(["request.time"], ["lt", "gte"], ["\"2026-05-01T12:00:00Z\""]));

    private static Gen<JsonObject> Document =>
        // Now and then many: from eight of an effect on they are looked up, not looked through.
        from counts in Gen.Frequency((30, Gen.Choose(0, 4)), (1, Gen.Choose(8, 12))).ListOf(3)
        from roles in Gen.CollectToList(counts.Select((count, i) => Role($"r{i}", count)))
        select new JsonObject { ["roles"] = new JsonArray([.. roles]) };

    private static Gen<JsonObject> Role(string name, int rules) =>
        from grants in Gen.CollectToList(Enumerable.Range(0, rules).Select(i => Rule($"g{i}")))
        select new JsonObject { ["name"] = name, ["grants"] = new JsonArray([.. grants]) };

    public static Gen<JsonObject> Rule(string id) =>
        from effect in Gen.Frequency((5, Gen.Constant("allow")), (3, Gen.Constant("deny")), (2, Gen.Constant("require_approval")), (1, Gen.Constant("maybe")))
        from action in Gen.Elements("tools:call", "tools:*", "*", "*:get", "prompts:get", "*:thing", "servers:*")
        from resources in Gen.NonEmptyListOf(Gen.Elements(s_resources)).Resize(3)
        from environment in Gen.Elements(null, null, null, "prod", "d*")
        from conditions in Gen.Choose(0, 2).SelectMany(n => Condition.ListOf(n))
        select Rule(id, effect, action, resources, environment, conditions);

    private static JsonObject Rule(string id, string effect, string action, IEnumerable<string> resources, string? environment, IEnumerable<JsonObject> conditions)
    {
        // A management action bound to less than the platform is malformed by another rule than the one tested here.
        var isManagement = action == "servers:*";
        var rule = new JsonObject
        {
            ["id"] = id,
            ["effect"] = effect,
            ["actions"] = new JsonArray(action),
            ["resources"] = new JsonArray([.. (isManagement ? resources.Append("platform") : resources).Select(r => (JsonNode)r)]),
        };
        if (environment is not null && !isManagement)
        {
            rule["environments"] = new JsonArray(environment);
        }

        rule["conditions"] = new JsonArray([.. conditions]);
        return rule;
    }

    private static Gen<JsonObject> Compared(string[] attributes, string[] operators, string[] values) =>
        from attribute in Gen.Elements(attributes)
        from @operator in Gen.Elements(operators)
        from value in Gen.Elements(values)
        select new JsonObject { ["attribute"] = attribute, ["operator"] = @operator, ["value"] = JsonNode.Parse(value) };

    private static JsonObject Object(params (string Name, string? Value)[] members)
    {
        var result = new JsonObject();
        foreach (var (name, value) in members.Where(m => m.Value is not null))
        {
            result[name] = JsonNode.Parse(value!);
        }

        return result;
    }
}

/// <summary>A policy and a question to it. Nodes belong to one tree only, so whoever changes a document clones it.</summary>
internal sealed record Case(JsonObject Document, Ask Ask)
{
    public CompiledPolicy Policy => PolicyText.Compile(Document.ToJsonString());

    public override string ToString() =>
        $"{Document.ToJsonString()}\n{Ask with { Arguments = null }} roles [{string.Join(',', Ask.Roles)}] scopes [{string.Join(',', Ask.Scopes)}] arguments {Ask.Arguments?.ToJsonString()}";
}
