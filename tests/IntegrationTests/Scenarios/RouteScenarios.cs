using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What is wanted goes to whoever can do it: routes, integrations, and what plain HTTP clients see of them.</summary>
public abstract class RouteScenarios(SharedPlatform shared)
{
    [Fact]
    public async Task A_route_goes_to_the_next_candidate_when_the_first_one_is_dead_and_says_who_did_it()
    {
        var steps = await shared.Get();
        await using var dead = await ScriptedUpstream.Start();
        await using var alive = await ScriptedUpstream.Start();
        var (first, second) = ($"rt-dead-{dead.Port}", $"rt-alive-{alive.Port}");
        await steps.RegisterHttp(first, dead.Address);
        await steps.RegisterHttp(second, alive.Address);
        var intent = $"failover.{dead.Port}";
        await Route(steps, new { intent, candidates = new object[] { new { server = first, tool = "unsafe" }, new { server = second, tool = "unsafe" } } });
        await dead.Kill();

        foreach (var gateway in steps.Platform.Gateways)
        {
            var answer = await Post(gateway, steps.Platform.AdminKey, "/v1/route/execute", new JsonObject { ["intent"] = intent });

            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
            answer.Json["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe($"{alive.Port}");
            (answer.Json["served_by"]!["server"]!.GetValue<string>(), answer.Json["served_by"]!["source"]!.GetValue<string>(), answer.Json["is_error"]!.GetValue<bool>()).ShouldBe((second, "route", false));
            answer.Json["attempts"]!.AsArray().Select(a => (a!["server"]!.GetValue<string>(), a["outcome"]!.GetValue<string>())).Last().ShouldBe((second, "answered"));
            answer.Json["attempts"]!.AsArray().Count.ShouldBe(2);
        }

        // The very same by the tool's own endpoint: what the record says is the server's own name of it.
        await Until.True(async () => (await steps.Admin.Get($"/api/v1/tools/{second}/unsafe/executions/summary")).Json["figures"]!["calls"]!.GetValue<int>() == steps.Platform.Gateways.Count, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_call_that_may_have_run_is_not_made_again_elsewhere_unless_that_does_no_harm()
    {
        var steps = await shared.Get();
        await using var breaking = await ScriptedUpstream.Start();
        await using var other = await ScriptedUpstream.Start();
        var (first, second) = ($"rt-break-{breaking.Port}", $"rt-other-{other.Port}");
        await steps.Register(first, new { transport = "http", url = breaking.Address.ToString(), max_attempts = 1 });
        await steps.RegisterHttp(second, other.Address);
        await Route(steps, new { intent = $"harm.{breaking.Port}", candidates = new object[] { new { server = first, tool = "unsafe" }, new { server = second, tool = "unsafe" } } });
        await Route(steps, new { intent = $"harmless.{breaking.Port}", candidates = new object[] { new { server = first, tool = "safe" }, new { server = second, tool = "safe" } } });
        breaking.Refuses(503);

        var harm = await Post(steps.Platform.Address, steps.Platform.AdminKey, "/v1/route/execute", new JsonObject { ["intent"] = $"harm.{breaking.Port}" });
        var harmless = await Post(steps.Platform.Address, steps.Platform.AdminKey, "/v1/route/execute", new JsonObject { ["intent"] = $"harmless.{breaking.Port}" });

        (harm.Status, harm.ErrorCode).ShouldBe((HttpStatusCode.BadGateway, "upstream.http_status"));
        harm.Json["error"]!["details"]!.AsArray().Select(d => d!["field"]!.GetValue<string>()).ShouldBe([$"{first}/unsafe"]);
        (harmless.Status, harmless.Json["served_by"]?["server"]?.GetValue<string>()).ShouldBe((HttpStatusCode.OK, second));
        other.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_candidate_that_a_key_may_not_call_is_never_chosen_nor_shown_to_it()
    {
        var steps = await shared.Get();
        await using var hidden = await ScriptedUpstream.Start();
        var secret = $"rt-secret-{hidden.Port}";
        await steps.RegisterHttp(secret, hidden.Address);
        var (both, only) = ($"both.{hidden.Port}", $"only.{hidden.Port}");
        await Route(steps, new { intent = both, candidates = new object[] { new { server = secret, tool = "safe" }, new { server = "up", tool = "echo" } } });
        await Route(steps, new { intent = only, candidates = new object[] { new { server = secret, tool = "safe" } } });
        var key = await steps.KeyWith($"rt-walled-{hidden.Port}", new { id = "up", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { "tool:up/echo" } });

        var shown = await Post(steps.Platform.Address, key.Text, "/v1/route/discover", new JsonObject { ["intent"] = both });
        var done = await Post(steps.Platform.Address, key.Text, "/v1/route/execute", new JsonObject { ["intent"] = both, ["arguments"] = new JsonObject { ["text"] = "hello" } });
        var refused = await Post(steps.Platform.Address, key.Text, "/v1/route/execute", new JsonObject { ["intent"] = only });
        var unknown = await Post(steps.Platform.Address, key.Text, "/v1/route/execute", new JsonObject { ["intent"] = $"nope.{hidden.Port}" });

        shown.Text.ShouldNotContain(secret);
        shown.Json["candidates"]!.AsArray().Count.ShouldBe(1);
        done.Json["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("hello");
        done.Text.ShouldNotContain(secret);
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.NotFound, "routes.unknown_intent"));
        (unknown.Status, unknown.ErrorCode).ShouldBe((HttpStatusCode.NotFound, "routes.unknown_intent"));
        refused.Text.ShouldNotContain(only);
        hidden.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task An_integration_is_found_by_what_it_can_do_in_the_versions_that_are_asked_for_until_it_is_gone()
    {
        var steps = await shared.Get();
        await using var upstream = await ScriptedUpstream.Start();
        var server = $"rt-int-{upstream.Port}";
        await steps.RegisterHttp(server, upstream.Address);
        var intent = $"tickets.create.{upstream.Port}";
        var body = new { name = $"acme-{upstream.Port}", server, environment = "prod", capabilities = new[] { new { intent, tool = "safe", version = "1.4.0" }, new { intent, tool = "unsafe", version = "2.0.0-beta.1" } } };
        var made = (await steps.Admin.Post("/v1/integrations/mcp", body)).Expect(HttpStatusCode.Created);
        await Found(steps, intent);

        var found = await Post(steps.Platform.Address, steps.Platform.AdminKey, "/v1/route/execute", new JsonObject { ["intent"] = intent, ["version"] = "^1.2", ["environment"] = "prod" });
        (await Post(steps.Platform.Address, steps.Platform.AdminKey, "/v1/route/discover", new JsonObject { ["intent"] = intent, ["environment"] = "test" })).Status.ShouldBe(HttpStatusCode.NotFound);
        var near = await Post(steps.Platform.Address, steps.Platform.AdminKey, "/v1/route/execute", new JsonObject { ["intent"] = $"ticket.create.{upstream.Port}" });

        found.Status.ShouldBe(HttpStatusCode.OK, found.Text);
        found.Json["served_by"]!.ToJsonString().ShouldBe($$"""{"server":"{{server}}","tool":"safe","environment":"prod","version":"1.4.0","source":"integration","route_id":null,"integration":"acme-{{upstream.Port}}"}""");
        near.Json["error"]!["details"]!.AsArray().Select(d => d!["message"]!.GetValue<string>()).ShouldContain(intent);

        (await steps.Admin.Send(HttpMethod.Put, $"/v1/integrations/mcp/{body.name}", new { server, capabilities = body.capabilities }, ("If-Match", "\"7\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await steps.Admin.Post("/v1/integrations/mcp", body)).ErrorCode.ShouldBe("integrations.exists");
        (await steps.Admin.Post("/v1/integrations/mcp", new { name = "of-nobody", server = "rt-no-such", capabilities = body.capabilities })).ErrorCode.ShouldBe("integrations.server");
        (await steps.Admin.Delete($"/v1/integrations/mcp/{made.Json["id"]}")).Status.ShouldBe(HttpStatusCode.NoContent);
        await steps.OnEveryGateway(
            async gateway => (await Post(gateway, steps.Platform.AdminKey, "/v1/route/discover", new JsonObject { ["intent"] = intent })).Status == HttpStatusCode.NotFound, Steps.Propagation);
    }

    [Fact]
    public async Task Routes_are_changed_by_version_and_constants_reach_the_tool_whatever_the_caller_sends()
    {
        var steps = await shared.Get();
        var intent = $"say.{Guid.NewGuid():n}";
        var made = await Route(steps, new { intent, description = "Says it.", candidates = new object[] { new { server = "up", tool = "echo", constants = new { text = "fixed" } } } });

        var said = await Post(steps.Platform.Address, steps.Platform.AdminKey, "/v1/route/execute", new JsonObject { ["intent"] = intent, ["arguments"] = new JsonObject { ["text"] = "mine" }, ["context"] = new JsonObject { ["ticket"] = 7 } });
        said.Json["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("fixed");
        steps.Upstream.Messages.ShouldContain(m => m.Meta != null && m.Meta["com.mcpplatform/context"] != null && m.Meta["com.mcpplatform/context"]!["ticket"] != null);

        (await steps.Admin.Post("/api/v1/routes", new { intent, candidates = new[] { new { server = "up", tool = "slow" } } })).ErrorCode.ShouldBe("routes.exists");
        var path = $"/api/v1/routes/{made["id"]}";
        var change = new { intent, candidates = new[] { new { server = "up", tool = "slow" } }, balancing = "round_robin" };
        (await steps.Admin.Send(HttpMethod.Put, path, change, ("If-Match", "\"9\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await steps.Admin.Send(HttpMethod.Put, path, change, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK).Json["version"]!.GetValue<int>().ShouldBe(2);
        (await steps.Admin.Get($"/api/v1/routes?intent={intent}")).Json["items"]!.AsArray().Single()!["balancing"]!.GetValue<string>().ShouldBe("round_robin");
        (await steps.Admin.Delete(path)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await steps.Admin.Get(path)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/v1/route/execute", """{"intent":""}""", 400)]
    [InlineData("/v1/route/execute", """{"intent":"go","version":"latest"}""", 400)]
    [InlineData("/v1/route/execute", """{"intent":"go","arguments":[1]}""", 400)]
    [InlineData("/v1/route/execute", """{"intent":"go","context":"x"}""", 400)]
    [InlineData("/v1/route/execute", """{"intent":"go","arguments":{"a":1,"a":2}}""", 400)]
    [InlineData("/v1/route/execute", """{"intent":"go","intent":"stop"}""", 400)]
    [InlineData("/v1/route/execute", """{"intent":"go","extra":1}""", 400)]
    [InlineData("/v1/route/execute", """{"intent":null}""", 400)]
    [InlineData("/v1/route/execute", """{"intent":"\ud800"}""", 400)]
    [InlineData("/v1/route/execute", "null", 400)]
    [InlineData("/v1/route/execute", "", 400)]
    [InlineData("/v1/route/execute", "[]", 400)]
    [InlineData("/v1/route/discover", """{"intent":"go","version":"1.x.3"}""", 400)]
    [InlineData("/v1/route/discover", """{"intent":"nobody-does-this-at-all"}""", 404)]
    [InlineData("/v1/integrations/mcp", """{"name":"A B","server":"up","capabilities":[]}""", 400)]
    [InlineData("/v1/integrations/mcp", """{"name":"x","server":"up","capabilities":[null]}""", 400)]
    [InlineData("/v1/integrations/mcp", """{"name":"x","server":"up","capabilities":[{"intent":"Go!","tool":"echo"}]}""", 400)]
    [InlineData("/v1/integrations/mcp", """{"name":"x","server":"up","capabilities":[{"intent":"go","tool":"echo","version":"1"}]}""", 400)]
    [InlineData("/api/v1/routes", """{"intent":"go","candidates":[]}""", 400)]
    [InlineData("/api/v1/routes", """{"intent":"go","candidates":[{"server":"up","tool":"echo","weight":0}]}""", 400)]
    [InlineData("/api/v1/routes", """{"intent":"go","candidates":[{"server":"up","tool":"echo","constants":[1]}]}""", 400)]
    [InlineData("/api/v1/routes", """{"intent":"go","candidates":[{"server":"up","tool":"echo"},{"server":"up","tool":"echo"}]}""", 400)]
    [InlineData("/api/v1/routes", """{"intent":"go","intent_version":"one","candidates":[{"server":"up","tool":"echo"}]}""", 400)]
    public async Task Bad_input_is_refused_in_the_platforms_format(string path, string body, int status)
    {
        var steps = await shared.Get();

        var answer = await steps.Admin.Send(HttpMethod.Post, path, body);

        ((int)answer.Status).ShouldBe(status, answer.Text);
        answer.ErrorCode.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Requests_that_are_too_deep_without_a_key_from_a_page_or_with_the_key_in_the_address_are_refused()
    {
        var steps = await shared.Get();
        var deep = $$"""{"intent":"go","arguments":{{string.Concat(Enumerable.Repeat("""{"a":""", 200))}}1{{new string('}', 200)}}}""";

        (await steps.Admin.Send(HttpMethod.Post, "/v1/route/execute", deep)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await Post(steps.Platform.Address, "mcpp_nobody", "/v1/route/execute", new JsonObject { ["intent"] = "go" })).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await steps.Admin.Send(HttpMethod.Post, "/v1/route/execute", """{"intent":"go"}""", ("Origin", "https://evil.example"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await steps.Admin.Send(HttpMethod.Post, "/v1/route/execute?api_key=x", """{"intent":"go"}""")).ErrorCode.ShouldBe("request.key_in_address");
        (await steps.Admin.Send(HttpMethod.Get, "/v1/route/execute")).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(steps.Platform.Address, "/v1/route/execute")) { Content = new StringContent("<a/>", Encoding.UTF8, "text/xml") };
        request.Headers.Add("X-Api-Key", steps.Platform.AdminKey);
        (await http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    /// <summary>Adds a route and waits until every gateway has it.</summary>
    private static async Task<JsonNode> Route(Steps steps, object body)
    {
        var made = (await steps.Admin.Post("/api/v1/routes", body)).Expect(HttpStatusCode.Created).Json;
        await Found(steps, made["intent"]!.GetValue<string>());
        return made;
    }

    private static Task Found(Steps steps, string intent) => steps.OnEveryGateway(
        async gateway => (await Post(gateway, steps.Platform.AdminKey, "/v1/route/discover", new JsonObject { ["intent"] = intent })).Status == HttpStatusCode.OK,
        TimeSpan.FromSeconds(15),
        () => $"Nobody finds {intent}.");

    private static async Task<ApiAnswer> Post(Uri gateway, string key, string path, JsonObject body)
    {
        using var client = new ApiClient(gateway, key);
        return await client.Send(HttpMethod.Post, path, body.ToJsonString());
    }
}
