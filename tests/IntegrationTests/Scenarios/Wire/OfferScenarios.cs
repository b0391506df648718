using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>Prompts, resources, completions and tasks: what policy says of them, what is recorded, and what passes as it is.</summary>
public abstract class OfferScenarios(SharedPlatform shared, WireBench wire)
{
    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task What_is_denied_is_neither_listed_nor_to_be_had_and_looks_like_nothing(string version, string slug)
    {
        var bench = await wire.Get(shared);
        var key = await Restricted(bench, slug);
        foreach (var prefix in (string[])["", $"{slug}__"])
        {
            using var client = await new WireClient(prefix.Length == 0 ? bench.Steps.McpOf(slug) : bench.Steps.Mcp, key, version).Open();
            (await Names(client, "tools/list")).ShouldBe([$"{prefix}levels"]);
            (await Names(client, "prompts/list")).ShouldBe([$"{prefix}greet"]);
            (await Names(client, "resources/list")).ShouldBe([$"test://{slug}/watched"]);
            (await Names(client, "resources/templates/list")).ShouldBeEmpty();

            var before = bench.Upstream(slug).Received.Count;
            (await Error(client, "prompts/get", $"{prefix}secret", "name")).ShouldBe(await Error(client, "prompts/get", $"{prefix}absent", "name"));
            (await Error(client, "resources/read", "test://secret", "uri")).ShouldBe(await Error(client, "resources/read", "test://absent", "uri"));
            (await Error(client, "resources/read", "test://items/7", "uri")).ShouldBe(await Error(client, "resources/read", "test://absent", "uri"));

            // What the gateway reads first and the server last.
            await using var twice = await client.Send("resources/read", $"\"uri\":\"test://{slug}/watched\",\"uri\":\"test://secret\"", name: $"test://{slug}/watched");
            (await twice.Answer()).ErrorCode.ShouldBe(-32600);
            if (!client.IsModern)
            {
                (await Error(client, "resources/subscribe", "test://secret", "uri")).ShouldBe(await Error(client, "resources/subscribe", "test://absent", "uri"));
            }

            bench.Upstream(slug).Received.Skip(before).ShouldNotContain(c => c.Body.Contains("secret", StringComparison.Ordinal));
            await using var prompt = await client.Send("prompts/get", $$"""
                "name":"{{prefix}}greet","arguments":{"who":"Ada"}
                """, name: $"{prefix}greet");
            (await prompt.Answer()).Text.ShouldContain("Hello Ada");
            await using var read = await client.Send("resources/read", $"\"uri\":\"test://{slug}/watched\"", name: $"test://{slug}/watched");
            (await read.Answer()).Text.ShouldContain($"content of test://{slug}/watched");
        }
    }

    [Fact]
    public async Task A_subscription_to_what_is_denied_is_not_honoured()
    {
        var bench = await wire.Get(shared);
        using var client = await new WireClient(bench.Steps.McpOf(Bench.ModernSlug), await Restricted(bench, Bench.ModernSlug), WireClient.Modern).Open();

        await using var stream = await client.Send("subscriptions/listen", $$"""
            "notifications":{"resourceSubscriptions":["test://secret","test://{{Bench.ModernSlug}}/watched"]}
            """);

        (await stream.Next())!.Params!["notifications"]!.ToJsonString().ShouldBe($$"""{"resourceSubscriptions":["test://{{Bench.ModernSlug}}/watched"]}""");
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Prompts_reads_and_completions_are_recorded_like_calls(string version, string slug)
    {
        var bench = await wire.Get(shared);
        var marker = $"m{Guid.NewGuid():n}";
        using var client = await bench.Client(version, slug);
        foreach (var (method, members, name) in ((string, string, string?)[])
        [
            ("prompts/get", $"\"name\":\"greet\",\"arguments\":{{\"who\":\"{marker}-get\"}}", "greet"),
            ("resources/read", $"\"uri\":\"test://items/{marker}-read\"", $"test://items/{marker}-read"),
            ("completion/complete", $"\"ref\":{{\"type\":\"ref/prompt\",\"name\":\"greet\"}},\"argument\":{{\"name\":\"who\",\"value\":\"{marker}-complete\"}}", null),
        ])
        {
            await using var answer = await client.Send(method, members, name: name);
            (await answer.Answer()).Result.ShouldNotBeNull();
        }

        var records = new List<JsonNode>();
        await Until.True(
            async () =>
            {
                records.Clear();
                foreach (var item in (await bench.Steps.Admin.Get($"/api/v1/traces?server={slug}&limit=200")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Where(i => i!["method"]!.GetValue<string>() != "tools/call"))
                {
                    var full = (await bench.Steps.Admin.Get($"/api/v1/traces/{item!["id"]}")).Expect(HttpStatusCode.OK).Json;
                    records.AddRange(full.ToJsonString().Contains(marker, StringComparison.Ordinal) ? [full] : []);
                }

                return records.Count == 3;
            },
            TimeSpan.FromSeconds(15),
            () => $"Found: {string.Join('\n', records.Select(r => r.ToJsonString()))}");
        records.Select(r => r["method"]!.GetValue<string>()).ShouldBe(["prompts/get", "resources/read", "completion/complete"], ignoreOrder: true);
        records.ShouldAllBe(r => r["status"]!.GetValue<string>() == "ok" && r["protocol_version"]!.GetValue<string>() == version);
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Resources_of_apps_and_what_they_carry_pass_as_they_are(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);

        await using var list = await client.Send("resources/list");
        await using var tools = await client.Send("tools/list");
        await using var read = await client.Send("resources/read", "\"uri\":\"ui://app/main\"", name: "ui://app/main");

        (await list.Answer()).Text.ShouldContain("""{"uri":"ui://app/main","name":"app","mimeType":"text/html;profile=mcp-app","_meta":{"ui":{"prefersBorder":true}}}""");
        (await tools.Answer()).Text.ShouldContain("\"_meta\":{\"ui\":{\"resourceUri\":\"ui://app/main\",\"n\":0.10}}");
        (await read.Answer()).Text.ShouldContain("\"_meta\":{\"ui\":{\"csp\":{}}}");
    }

    [Fact]
    public async Task Tasks_belong_to_whom_a_server_has_them_with_and_pass_as_they_are()
    {
        var bench = await wire.Get(shared);
        const string tasks = """{"extensions":{"io.modelcontextprotocol/tasks":{}},"elicitation":{}}""";
        using var client = await bench.Client(WireClient.Modern, Bench.ModernSlug, tasks);

        await using var begun = await client.Call("task");
        (await begun.Answer()).Text.ShouldContain("\"result\":{\"resultType\":\"task\",\"taskId\":\"t-1\",\"status\":\"working\",\"n\":0.10");
        foreach (var method in (string[])["tasks/get", "tasks/update", "tasks/cancel"])
        {
            await using var asked = await client.Send(method, "\"taskId\":\"t-1\",\"inputResponses\":{\"q\":{\"n\":0.10}}", name: "t-1");
            (await asked.Answer()).Result["did"]!.GetValue<string>().ShouldBe(method);
            var got = bench.Modern.Received.Last(c => c.Method == method);
            (got.Headers["Mcp-Name"], got.Raw("inputResponses"), got.Meta("io.modelcontextprotocol/clientCapabilities")).ShouldBe(("t-1", "{\"q\":{\"n\":0.10}}", tasks));
        }

        // Names of tasks say nothing of their server, and the legacy era has no such thing.
        using var all = await bench.ClientOfAll(WireClient.Modern, tasks);
        await using var nowhere = await all.Send("tasks/get", "\"taskId\":\"t-1\"", name: "t-1");
        (nowhere.Status, (await nowhere.Answer()).ErrorCode).ShouldBe((HttpStatusCode.NotFound, -32601));
        using var bridged = await bench.Client(WireClient.Modern, Bench.LegacySlug, tasks);
        await using var unknown = await bridged.Send("tasks/get", "\"taskId\":\"t-1\"", name: "t-1");
        (unknown.Status, (await unknown.Answer()).ErrorCode).ShouldBe((HttpStatusCode.NotFound, -32601));
    }

    [Fact]
    public async Task A_capability_that_a_modern_server_misses_is_told_to_a_modern_client_as_it_is()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.ModernSlug, "{}");

        await using var refused = await client.Call("needs-sampling");

        var message = await refused.Answer();
        (refused.Status, message.ErrorCode).ShouldBe((HttpStatusCode.BadRequest, -32021));
        message.Json["error"]!["data"]!["requiredCapabilities"]!.ToJsonString().ShouldBe("""{"sampling":{}}""");
    }

    /// <summary>A key that may use one tool, one prompt and one resource of a server.</summary>
    private static async Task<string> Restricted(Bench bench, string slug)
    {
        var name = $"few-{Guid.NewGuid():n}"[..16];
        (await bench.Steps.Admin.Post("/api/v1/policies", new
        {
            name,
            grants = new object[]
            {
                new { id = "tool", effect = "allow", actions = new[] { "tools:*" }, resources = new[] { $"tool:{slug}/levels" } },
                new { id = "prompt", effect = "allow", actions = new[] { "prompts:*" }, resources = new[] { $"prompt:{slug}/greet" } },
                new { id = "resource", effect = "allow", actions = new[] { "resources:*" }, resources = new[] { $"resource:{slug}/test://{slug}/watched" } },
            },
        })).Expect(HttpStatusCode.Created);
        return await Bench.FastKey(bench.Steps, name);
    }

    private static async Task<List<string>> Names(WireClient client, string method)
    {
        await using var list = await client.Send(method);
        return [.. (await list.Answer()).Result.AsObject().First(m => m.Value is JsonArray).Value!.AsArray().Select(item => (item!["uri"] ?? item["uriTemplate"] ?? item["name"])!.GetValue<string>())];
    }

    /// <summary>Status and error, without what was asked for.</summary>
    private static async Task<string> Error(WireClient client, string method, string target, string member)
    {
        await using var answer = await client.Send(method, $"\"{member}\":\"{target}\"", name: target);
        return $"{answer.Status} {(await answer.Answer()).Text.Replace(target, "*", StringComparison.Ordinal)}";
    }
}
