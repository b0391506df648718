using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Tool sets as their clients see them: chosen items under the set's names, fixed arguments, versions, and tools that are found by searching.</summary>
public abstract class ToolSetScenarios(SharedPlatform shared)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_set_shows_chosen_tools_under_its_names_and_sends_what_is_fixed(bool isModern)
    {
        var steps = await shared.Get();
        var (slug, mark) = (Name(), $"mark-{Guid.NewGuid():n}");
        await Create(steps, slug, new
        {
            slug,
            instructions = $"Only for {slug}.",
            members = new object[] { new { server = "up", tools = new[] { "*" } } },
            exclude = new[] { "up/slow" },
            overrides = new object[] { new { server = "up", name = "echo", rename = "say", description = "Says what it always says.", arguments = new { text = mark } } },
        });
        using var caller = Caller(steps, slug, isModern);

        var tools = (await caller.Request("tools/list")).Result["tools"]!.AsArray();

        tools.Select(t => t!["name"]!.GetValue<string>()).ShouldBe(["say", "up__delete_thing"]);
        tools[0]!["description"]!.GetValue<string>().ShouldBe("Says what it always says.");
        tools[0]!["inputSchema"]!["properties"]!.ToJsonString().ShouldBe("{}");
        if (isModern)
        {
            (await caller.Request("server/discover")).Result["instructions"]!.GetValue<string>().ShouldBe($"Only for {slug}.");
        }

        (await caller.Call("say")).ToolText.ShouldBe(mark);
        steps.Upstream.Messages.Last(m => m.Body.ToJsonString().Contains(mark, StringComparison.Ordinal)).Body.ToJsonString().ShouldContain("\"name\":\"echo\"");
        var refused = await caller.Call("say", new JsonObject { ["text"] = "something else" });
        refused.Message!["error"]!["data"]!["code"]!.GetValue<string>().ShouldBe("argument.fixed");
        (await caller.Call("up__slow")).ErrorCode.ShouldBe(-32602, "the set does not hold it");
        var record = await steps.RecordOf(mark);
        (record["server"]!.GetValue<string>(), record["tool"]!.GetValue<string>()).ShouldBe(("up", "echo"));
        record.ToJsonString().ShouldContain(mark);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_prompt_of_a_set_is_sent_what_is_fixed_and_shows_what_is_not(bool isModern)
    {
        var steps = await shared.Get();
        var (slug, server) = (Name(), $"prompting{Guid.NewGuid():n}"[..20]);
        await using var upstream = await WireUpstream.Start(isModern: false);
        upstream.Lists["prompts"]["brief"] = """{"name":"brief","arguments":[{"name":"about","required":true},{"name":"tone","required":true}]}""";
        upstream.Handlers["prompts/get"] = _ => Task.FromResult("""{"messages":[{"role":"user","content":{"type":"text","text":"asked"}}]}""");
        upstream.Tool("other", _ => Task.FromResult("""{"content":[]}"""));
        await steps.RegisterHttp(server, upstream.Address);
        await Create(steps, slug, new
        {
            slug,
            members = new[] { new { server } },
            overrides = new[] { new { server, name = "brief", kind = "prompt", rename = "summary", arguments = new { tone = "kind" } } },
        });
        using var caller = Caller(steps, slug, isModern);

        var listed = (await caller.Request("prompts/list")).Result["prompts"]!.AsArray().Single()!;
        var answer = await caller.Request("prompts/get", new JsonObject { ["name"] = "summary", ["arguments"] = new JsonObject { ["about"] = "rain" } });
        var refused = await caller.Request("prompts/get", new JsonObject { ["name"] = "summary", ["arguments"] = new JsonObject { ["about"] = "rain", ["tone"] = "rude" } });

        (listed["name"]!.GetValue<string>(), listed["arguments"]!.ToJsonString()).ShouldBe(("summary", """[{"name":"about","required":true}]"""));
        answer.Result["messages"]![0]!["content"]!["text"]!.GetValue<string>().ShouldBe("asked");
        refused.Message!["error"]!["data"]!["code"]!.GetValue<string>().ShouldBe("argument.fixed");
        var sent = upstream.Received.Single(call => call.Method == "prompts/get");
        (sent.Param("name")!.Value.GetString(), sent.Param("arguments")!.Value.GetRawText()).ShouldBe(("brief", """{"about":"rain","tone":"kind"}"""));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tools_are_found_described_and_called_by_whoever_may_and_by_nobody_else(bool isModern)
    {
        var steps = await shared.Get();
        var (slug, mark) = (Name(), $"mark-{Guid.NewGuid():n}");
        await Create(steps, slug, new { slug, members = new[] { new { server = "up" } }, disclosure = "on", pinned = new[] { "up/slow" } });
        var key = await steps.KeyWith(slug, new { id = "e", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { "tool:up/echo" } });
        using var caller = Caller(steps, slug, isModern, key.Text);
        using var admin = Caller(steps, slug, isModern);

        (await admin.ToolNames()).ShouldBe(["search_tools", "describe_tool", "call_tool", "up__slow"]);
        (await caller.ToolNames()).ShouldBe(["search_tools", "describe_tool", "call_tool"]);
        (await admin.Call("search_tools", new JsonObject { ["query"] = "delete things" })).ToolText.ShouldContain("up__delete_thing");
        (await caller.Call("search_tools", new JsonObject { ["query"] = "delete things" })).ToolText.ShouldStartWith("Nothing matches");
        (await caller.Call("search_tools", new JsonObject { ["query"] = "echo text" })).ToolText.ShouldContain("up__echo");
        (await caller.Call("describe_tool", new JsonObject { ["name"] = "up__echo" })).ToolText.ShouldContain("\"inputSchema\"");
        (await caller.Call("describe_tool", new JsonObject { ["name"] = "up__delete_thing" })).ToolText.ShouldStartWith("There is no such tool");
        (await caller.Call("call_tool", new JsonObject { ["name"] = "up__echo", ["arguments"] = new JsonObject { ["text"] = mark } })).ToolText.ShouldBe(mark);
        var hidden = await caller.Call("call_tool", new JsonObject { ["name"] = "up__delete_thing", ["arguments"] = new JsonObject() });
        var unknown = await caller.Call("call_tool", new JsonObject { ["name"] = "up__nothing", ["arguments"] = new JsonObject() });
        hidden.Message!["error"]!.ToJsonString().ShouldBe(unknown.Message!["error"]!.ToJsonString());
        (await steps.RecordOf(mark))["tool"]!.GetValue<string>().ShouldBe("echo", "the record names the tool that ran");
    }

    [Fact]
    public async Task A_set_that_the_caller_cannot_use_is_like_one_that_is_not_there()
    {
        var steps = await shared.Get();
        var slug = Name();
        await Create(steps, slug, new { slug, members = new[] { new { server = "up" } } });
        var key = await steps.KeyWith(slug, new { id = "n", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { "tool:elsewhere/*" } });
        using var caller = Caller(steps, slug, isModern: true, key.Text);
        using var unknown = Caller(steps, Name(), isModern: true, key.Text);
        using var server = new ModernCaller(new Uri(steps.Platform.Address, $"/mcp/servers/{Name()}"), key.Text);

        var (refused, other, third) = (await caller.Request("tools/list"), await unknown.Request("tools/list"), await server.Request("tools/list"));

        refused.Status.ShouldBe(HttpStatusCode.NotFound);
        (other.Status, other.Text).ShouldBe((refused.Status, refused.Text));
        (third.Status, third.Text).ShouldBe((refused.Status, refused.Text));
    }

    [Theory]
    [InlineData(WireClient.Modern)]
    [InlineData(WireClient.Legacy)]
    public async Task A_client_with_a_stream_hears_of_a_change_and_of_its_rollback(string version)
    {
        var steps = await shared.Get();
        var slug = Name();
        await Create(steps, slug, new { slug, members = new[] { new { server = "up", tools = new[] { "echo" } } } });
        using var client = await new WireClient(Endpoint(steps.Platform.Address, slug), steps.Platform.AdminKey, version, "{}").Open();
        await using var stream = client.IsModern ? await client.Send("subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}", "\"l\"") : await client.Listen();
        if (client.IsModern)
        {
            await stream.First("notifications/subscriptions/acknowledged");
        }

        (await steps.Admin.Send(HttpMethod.Put, $"/api/v1/tool-sets/{slug}", new { members = new[] { new { server = "up", tools = new[] { "slow" } } } }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        await stream.First("notifications/tools/list_changed");
        (await Names(client)).ShouldBe(["up__slow"]);

        (await steps.Admin.Send(HttpMethod.Put, $"/api/v1/tool-sets/{slug}", new { members = new[] { new { server = "x" } } }, ("If-Match", "\"1\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        var diff = (await steps.Admin.Get($"/api/v1/tool-sets/{slug}/diff?from=1&to=2")).Expect(HttpStatusCode.OK).Json["changes"]!.AsArray();
        diff.Count.ShouldBe(2, "one member came, one went");
        (await steps.Admin.Post($"/api/v1/tool-sets/{slug}/rollback", new { version = 1 })).Expect(HttpStatusCode.OK).Json["version"]!.GetValue<int>().ShouldBe(3);
        await stream.First("notifications/tools/list_changed");
        (await Names(client)).ShouldBe(["up__echo"]);
        (await steps.Admin.Get($"/api/v1/tool-sets/{slug}/versions")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Select(v => v!["version"]!.GetValue<int>()).ShouldBe([3, 2, 1]);
        (await steps.Admin.Post($"/api/v1/tool-sets/{slug}/rollback", new { version = 9 })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_set_may_name_what_is_not_there_and_says_so_until_it_is()
    {
        var steps = await shared.Get();
        var (slug, later) = (Name(), $"later{Guid.NewGuid():n}"[..20]);

        var created = (await steps.Admin.Post("/api/v1/tool-sets", new { slug, members = new object[] { new { server = "up", tools = new[] { "echo", "nothing_*" } }, new { server = later } } })).Expect(HttpStatusCode.Created).Json;

        created["holds"]!["tools"]!.GetValue<int>().ShouldBe(1);
        created["unmatched"]!.AsArray().Select(u => u!.GetValue<string>()).ShouldBe(["server up: no tool nothing_*", $"server {later}: no enabled server"]);
        await steps.RegisterHttp(later, steps.Upstream.Address);
        await steps.OnEveryGateway(
            async gateway =>
            {
                using var caller = new ModernCaller(Endpoint(gateway, slug), steps.Platform.AdminKey);
                return (await caller.ToolNames()).Contains($"{later}__echo");
            },
            TimeSpan.FromSeconds(15));
        (await steps.Admin.Get($"/api/v1/tool-sets/{slug}")).Expect(HttpStatusCode.OK).Json["unmatched"]!.AsArray().Count.ShouldBe(1);
        (await steps.Admin.Delete($"/api/v1/tool-sets/{slug}")).Status.ShouldBe(HttpStatusCode.NoContent);
        await steps.OnEveryGateway(
            async gateway =>
            {
                using var caller = new ModernCaller(Endpoint(gateway, slug), steps.Platform.AdminKey);
                return (await caller.Request("tools/list")).Status == HttpStatusCode.NotFound;
            },
            Steps.Propagation);
    }

    [Fact]
    public async Task A_large_set_is_searched_by_itself_and_what_that_saves_is_counted()
    {
        var steps = await shared.Get();
        var (slug, server) = (Name(), $"large{Guid.NewGuid():n}"[..20]);
        await using var upstream = await ScriptedUpstream.Start();
        upstream.Results["tools/list"] = _ => new JsonObject
        {
            ["tools"] = new JsonArray([.. Enumerable.Range(0, 40).Select(i => new JsonObject
            {
                ["name"] = $"tool_{i}",
                ["description"] = $"Turns wheel {i}. {new string('x', 400)}",
                ["inputSchema"] = new JsonObject { ["type"] = "object" },
            })]),
        };
        await steps.RegisterHttp(server, upstream.Address);
        await Create(steps, slug, new { slug, members = new[] { new { server } }, disclosure = "auto" });
        using var caller = new ModernCaller(Endpoint(steps.Platform.Address, slug), steps.Platform.AdminKey);

        (await caller.ToolNames()).ShouldBe(["search_tools", "describe_tool", "call_tool"]);
        (await caller.Call("search_tools", new JsonObject { ["query"] = "wheel 17" })).ToolText.ShouldStartWith($"[{{\"name\":\"{server}__tool_17\"");

        MetricReading? reading = null;
        await Until.True(
            async () =>
            {
                reading = await MetricReading.Of(steps.Admin);
                return Tokens("mcpp.gateway.context_tokens", ("mcpp.set", slug), ("mcpp.disclosure", "search")) > 0;
            },
            TimeSpan.FromSeconds(10));
        Tokens("mcpp.gateway.context_tokens.saved", ("mcpp.set", slug)).ShouldBeGreaterThan(3000, "40 definitions of more than 400 bytes, less three");
        Tokens("mcpp.gateway.context_tokens", ("mcpp.set", slug), ("mcpp.disclosure", "search")).ShouldBeLessThan(600);

        double Tokens(string name, params (string, string)[] attributes) => reading!.Sum(name, "value", attributes);
    }

    private static string Name() => $"set{Guid.NewGuid():n}"[..20];

    private static Uri Endpoint(Uri gateway, string slug) => new(gateway, $"/mcp/sets/{slug}");

    private static McpCaller Caller(Steps steps, string slug, bool isModern, string? key = null) => isModern
        ? new ModernCaller(Endpoint(steps.Mcp, slug), key ?? steps.Platform.AdminKey)
        : new LegacyCaller(Endpoint(steps.Mcp, slug), key ?? steps.Platform.AdminKey);

    private static async Task Create(Steps steps, string slug, object body)
    {
        (await steps.Admin.Post("/api/v1/tool-sets", body)).Expect(HttpStatusCode.Created);
        await steps.OnEveryGateway(
            async gateway =>
            {
                using var caller = new ModernCaller(Endpoint(gateway, slug), steps.Platform.AdminKey);
                return (await caller.Request("tools/list")).Status == HttpStatusCode.OK;
            },
            Steps.Propagation,
            () => $"{slug} is not served.");
    }

    private static async Task<IEnumerable<string>> Names(WireClient client)
    {
        await using var listed = await client.Send("tools/list");
        return (await listed.Answer()).Result!["tools"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()).ToList();
    }
}
