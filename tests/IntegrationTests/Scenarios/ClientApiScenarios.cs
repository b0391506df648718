using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>MCP for programs that speak plain HTTP: clients that a gateway keeps for them.</summary>
public abstract class ClientApiScenarios(SharedPlatform shared)
{
    private const string Clients = "/v1/mcp/clients";

    [Fact]
    public async Task A_client_lives_at_one_gateway_and_is_served_by_every_one_until_it_is_ended()
    {
        var steps = await shared.Get();
        using var here = new ApiClient(steps.Platform.Gateways[0], steps.Platform.AdminKey);
        using var there = new ApiClient(steps.Platform.Gateways[^1], steps.Platform.AdminKey);

        var opened = (await here.Post(Clients, new { server = "up", name = "crawler" })).Expect(HttpStatusCode.Created);
        var at = opened.Headers["Location"];
        at.ShouldBe($"{Clients}/{opened.Json["id"]}");
        (await there.Get(at)).Expect(HttpStatusCode.OK).Json["name"]!.GetValue<string>().ShouldBe("crawler");
        var tools = (await there.Post($"{at}/tools", new { })).Expect(HttpStatusCode.OK).Json;
        tools["items"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()).ShouldContain("echo");
        tools["next_cursor"].ShouldBeNull();
        var called = (await there.Post($"{at}/execute", new { tool = "echo", arguments = new { text = "by plain HTTP" } })).Expect(HttpStatusCode.OK).Json;
        (called["server"]!.GetValue<string>(), called["tool"]!.GetValue<string>(), called["is_error"]!.GetValue<bool>()).ShouldBe(("up", "echo", false));
        called["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("by plain HTTP");
        (await here.Get(Clients)).Json["items"]!.AsArray().Select(c => c!["name"]?.GetValue<string>()).ShouldContain("crawler");

        (await there.Delete(at)).Status.ShouldBe(HttpStatusCode.NoContent);

        foreach (var gone in new[] { await here.Get(at), await there.Get(at), await here.Post($"{at}/tools", new { }), await there.Post($"{at}/execute", new { tool = "echo" }), await here.Delete(at) })
        {
            (gone.Status, gone.ErrorCode).ShouldBe((HttpStatusCode.NotFound, "clients.not_found"));
        }
    }

    [Fact]
    public async Task A_client_is_its_principals_alone_and_sees_what_its_key_may_call()
    {
        var steps = await shared.Get();
        var key = await steps.KeyWith($"cl-{Guid.NewGuid():n}", new { id = "echo", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { "tool:up/echo" } });
        using var own = new ApiClient(steps.Platform.Address, key.Text);
        var client = (await own.Send(HttpMethod.Post, Clients)).Expect(HttpStatusCode.Created).Json["id"]!.GetValue<string>();

        (await steps.Admin.Get($"{Clients}/{client}")).ErrorCode.ShouldBe("clients.not_found");
        (await steps.Admin.Delete($"{Clients}/{client}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await own.Post($"{Clients}/{client}/tools", new { })).Json["items"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()).ShouldBe(["up__echo"]);
        (await own.Post($"{Clients}/{client}/execute", new { tool = "up__echo", arguments = new { text = "x" } })).Expect(HttpStatusCode.OK).Json["tool"]!.GetValue<string>().ShouldBe("echo");
        var hidden = await own.Post($"{Clients}/{client}/execute", new { tool = "up__slow" });
        var unknown = await own.Post($"{Clients}/{client}/execute", new { tool = "up__nothing" });
        (hidden.Status, hidden.ErrorCode).ShouldBe((HttpStatusCode.NotFound, "tools.not_found"));
        (unknown.Json["error"]!["message"]!.GetValue<string>(), unknown.ErrorCode).ShouldBe((hidden.Json["error"]!["message"]!.GetValue<string>(), hidden.ErrorCode));
        (await own.Post(Clients, new { server = "no-such-server" })).ErrorCode.ShouldBe("servers.not_found");
        (await own.Get(Clients)).Json["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_client_of_a_tool_set_has_the_sets_names_and_what_it_fixes()
    {
        var steps = await shared.Get();
        var (slug, mark) = ($"cl{Guid.NewGuid():n}"[..20], $"mark-{Guid.NewGuid():n}");
        var set = new { slug, members = new object[] { new { server = "up", tools = new[] { "echo" } } }, overrides = new object[] { new { server = "up", name = "echo", rename = "say", arguments = new { text = mark } } } };
        (await steps.Admin.Post("/api/v1/tool-sets", set)).Expect(HttpStatusCode.Created);
        await Until.True(async () => (await steps.Admin.Post(Clients, new { set = slug })).Status == HttpStatusCode.Created, TimeSpan.FromSeconds(15));
        var opened = (await steps.Admin.Post(Clients, new { set = slug })).Expect(HttpStatusCode.Created);
        var at = opened.Headers["Location"];

        (await steps.Admin.Post($"{at}/tools", new { })).Json["items"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()).ShouldBe(["say"]);
        (await steps.Admin.Post($"{at}/execute", new { tool = "say" })).Expect(HttpStatusCode.OK).Json["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe(mark);
        (await steps.Admin.Post($"{at}/execute", new { tool = "say", arguments = new { text = "other" } })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await steps.Admin.Post($"{at}/execute", new { tool = "up__slow" })).ErrorCode.ShouldBe("tools.not_found");
        opened.Json["set"]!.GetValue<string>().ShouldBe(slug);
        (await steps.Admin.Post(Clients, new { set = "no-such-set" })).ErrorCode.ShouldBe("tool_sets.not_found");
        (await steps.Admin.Post(Clients, new { set = slug, server = "up" })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Progress_comes_as_events_and_the_answer_is_the_last_one()
    {
        var steps = await shared.Get();
        await using var fixture = await ConformanceFixture.Start();
        var server = $"cl-progress-{Guid.NewGuid():n}"[..24];
        await steps.RegisterHttp(server, fixture.Address);
        var client = (await steps.Admin.Post(Clients, new { server })).Expect(HttpStatusCode.Created).Json["id"]!.GetValue<string>();

        var answer = await steps.Admin.Send(HttpMethod.Post, $"{Clients}/{client}/execute", """{"tool":"test_tool_with_progress"}""", ("Accept", "text/event-stream"));
        var refused = await steps.Admin.Send(HttpMethod.Post, $"{Clients}/{client}/execute", """{"tool":"no_such_tool"}""", ("Accept", "text/event-stream"));

        var events = answer.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(e => e.StartsWith("event: ", StringComparison.Ordinal)).Select(e => e.Split('\n')).ToArray();
        events.Select(e => e[0]).Distinct().ShouldBe(["event: progress", "event: result"]);
        events.Count(e => e[0] == "event: progress").ShouldBeGreaterThan(1);
        JsonNode.Parse(events[^1][1]["data: ".Length..])!["is_error"]!.GetValue<bool>().ShouldBeFalse();
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.NotFound, "tools.not_found"));
    }

    [Fact]
    public async Task A_call_under_way_ends_with_its_client_and_is_no_error_of_the_server()
    {
        var steps = await shared.Get();
        await using var upstream = await ScriptedUpstream.Start();
        var server = $"cl-hang-{upstream.Port}";
        await steps.RegisterHttp(server, upstream.Address);
        upstream.Hangs("headers");
        var at = (await steps.Admin.Post(Clients, new { server })).Expect(HttpStatusCode.Created).Headers["Location"];

        var call = steps.Admin.Post($"{at}/execute", new { tool = "unsafe" });
        await upstream.Hanging.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        (await steps.Admin.Get(at)).Json["running"]!.GetValue<bool>().ShouldBeTrue();
        (await steps.Admin.Delete(at)).Status.ShouldBe(HttpStatusCode.NoContent);

        ((await call).Status, (await call).ErrorCode).ShouldBe((HttpStatusCode.NotFound, "clients.not_found"));
        await upstream.GivenUp.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("POST", "", """{"server":7}""", 400)]
    [InlineData("POST", "", """{"server":"UP"}""", 404)]
    [InlineData("POST", "", """{"name":""}""", 400)]
    [InlineData("POST", "", """{"what":1}""", 400)]
    [InlineData("POST", "", "null", 400)]
    [InlineData("POST", "/{id}/tools", """{"cursor":"made up"}""", 400)]
    [InlineData("POST", "/{id}/execute", "", 400)]
    [InlineData("POST", "/{id}/execute", """{"arguments":{}}""", 400)]
    [InlineData("POST", "/{id}/execute", """{"tool":"echo","arguments":[]}""", 400)]
    [InlineData("POST", "/{id}/execute", """{"tool":"echo","arguments":{"text":"a","text":"b"}}""", 400)]
    [InlineData("POST", "/{id}/execute", """{"tool":"","arguments":{}}""", 404)]
    [InlineData("POST", "/{id}/execute", """{"tool":"\udc00"}""", 400)]
    [InlineData("POST", "/{id}/execute", """{"tool":"echo","context":[1]}""", 400)]
    [InlineData("POST", "/nothing/execute", """{"tool":"echo"}""", 404)]
    [InlineData("POST", "/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/tools", "{}", 404)]
    [InlineData("GET", "/%2e%2e%2f%00", null, 400)]
    [InlineData("PUT", "/{id}", "{}", 405)]
    public async Task Bad_input_is_refused_and_never_an_error_of_ours(string method, string path, string? body, int status)
    {
        var steps = await shared.Get();
        var id = (await steps.Admin.Post(Clients, new { server = "up" })).Expect(HttpStatusCode.Created).Json["id"]!.GetValue<string>();

        var answer = await steps.Admin.Send(new HttpMethod(method), $"{Clients}{path.Replace("{id}", id, StringComparison.Ordinal)}", body);

        ((int)answer.Status).ShouldBe(status, answer.Text);
    }

    [Fact]
    public async Task What_a_server_refuses_is_the_callers_to_mend_and_named()
    {
        var steps = await shared.Get();
        await using var upstream = await ScriptedUpstream.Start();
        upstream.Results["tools/call"] = _ => null;
        var server = $"cl-refuse-{upstream.Port}";
        await steps.RegisterHttp(server, upstream.Address);
        var at = (await steps.Admin.Post(Clients, new { server })).Expect(HttpStatusCode.Created).Headers["Location"];

        var answer = await steps.Admin.Post($"{at}/execute", new { tool = "safe" });

        (answer.Status, answer.ErrorCode, answer.Json["error"]!["message"]!.GetValue<string>()).ShouldBe((HttpStatusCode.UnprocessableEntity, "upstream.error", "Unknown method"));
        answer.Json["error"]!["details"]![0]!["message"]!.GetValue<string>().ShouldBe("-32601");
    }
}
