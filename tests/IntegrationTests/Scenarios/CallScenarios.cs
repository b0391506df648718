using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Register, list, call, in both eras, on both endpoints, over both kinds of upstream.</summary>
public abstract class CallScenarios(SharedPlatform shared)
{
    private static readonly string[] Eras = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

    public static TheoryData<string> AllEras => [.. Eras];

    [Theory]
    [MemberData(nameof(AllEras))]
    public async Task A_registered_servers_tools_are_listed_and_called_under_its_prefix(string era)
    {
        var steps = await shared.Get();
        using var caller = Caller(era, steps.Mcp, steps.Platform.AdminKey);

        (await caller.ToolNames()).ShouldContain("up__echo");

        (await caller.Call("up__echo", new JsonObject { ["text"] = "hello ü" })).ToolText.ShouldBe("hello ü");
    }

    [Theory]
    [MemberData(nameof(AllEras))]
    public async Task On_its_own_endpoint_a_server_keeps_its_names(string era)
    {
        var steps = await shared.Get();
        using var caller = Caller(era, steps.McpOf("up"), steps.Platform.AdminKey);

        (await caller.ToolNames()).ShouldBe(["echo", "delete_thing", "slow"], ignoreOrder: true);

        (await caller.Call("echo", new JsonObject { ["text"] = "plain" })).ToolText.ShouldBe("plain");
    }

    [Fact]
    public async Task A_stdio_server_runs_by_launcher_name_and_answers_in_both_eras()
    {
        Assert.SkipUnless(Directory.Exists(Repository.Clients), "tests/clients is not installed: run ./test.sh, which does npm ci.");
        var steps = await shared.Get();
        await steps.RegisterStdio("everything", "everything");

        foreach (var era in Eras)
        {
            using var caller = Caller(era, steps.McpOf("everything"), steps.Platform.AdminKey);
            (await caller.Call("echo", new JsonObject { ["message"] = era })).ToolText.ShouldContain(era);
        }
    }

    [Fact]
    public async Task A_command_cannot_come_over_the_network()
    {
        var steps = await shared.Get();

        var answer = await steps.Admin.Post("/api/v1/servers", new { slug = "evil", transport = "stdio", command = "/bin/sh", args = new[] { "-c", "id" } });

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        (await steps.Admin.Get("/api/v1/servers/evil")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Credentials_reach_the_upstream_and_nobody_else_and_the_callers_key_does_not()
    {
        var steps = await shared.Get();
        await steps.RegisterHttp("with-token", steps.Upstream.Address, new Dictionary<string, string> { ["X-Upstream-Token"] = "planted-upstream-token" });
        using var caller = new ModernCaller(steps.McpOf("with-token"), steps.Platform.AdminKey);

        await caller.Call("echo", new JsonObject { ["text"] = "x" });

        steps.Upstream.Received.ShouldContain(r => r.Custom == "planted-upstream-token" && r.Tool == "echo");
        steps.Upstream.Received.ShouldAllBe(r => r.Authorization == null || !r.Authorization.Contains(steps.Platform.AdminKey));
        var shown = (await steps.Admin.Get("/api/v1/servers/with-token")).Expect(HttpStatusCode.OK).Text;
        shown.ShouldContain("X-Upstream-Token", Case.Insensitive);
        shown.ShouldNotContain("planted-upstream-token");
    }

    [Fact]
    public async Task A_removed_server_is_neither_listed_nor_callable()
    {
        var steps = await shared.Get();
        var id = await steps.RegisterHttp("leaving", steps.Upstream.Address);
        using var caller = new ModernCaller(steps.Mcp, steps.Platform.AdminKey);

        (await steps.Admin.Delete($"/api/v1/servers/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);

        await Until.True(async () => !(await caller.ToolNames()).Contains("leaving__echo"), Steps.Propagation);
        (await caller.Call("leaving__echo")).ErrorCode.ShouldBe(-32602);
    }

    [Fact]
    public async Task A_request_without_any_version_is_served_stateless_and_a_version_without_a_session_is_refused()
    {
        var steps = await shared.Get();
        using var caller = new LegacyCaller(steps.Mcp, steps.Platform.AdminKey);

        (await caller.PostRaw("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""")).Result["tools"]!.AsArray().Count.ShouldBeGreaterThan(0);
        (await caller.PostRaw("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", ("MCP-Protocol-Version", "2025-06-18"))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Health_is_open_and_its_details_are_not()
    {
        var steps = await shared.Get();
        using var nobody = new HttpClient();

        (await nobody.GetStringAsync(new Uri(steps.Platform.Address, "/health"), TestContext.Current.CancellationToken)).ShouldBe("{\"status\":\"healthy\"}");

        var details = (await steps.Admin.Get("/health")).Expect(HttpStatusCode.OK).Json;
        details["uptime_seconds"]!.GetValue<long>().ShouldBeGreaterThan(0);
        var components = details["components"]!.AsArray().ToDictionary(c => c!["name"]!.GetValue<string>(), c => c!["status"]!.GetValue<string>());
        components.Values.ShouldAllBe(status => status == "healthy");
        // In one process a service shows by its database, in another process as a service.
        var part = steps.Platform is StandalonePlatform ? "database" : "service";
        components.Keys.ShouldBe(["bus", "drain", "gateway", $"{part}-factory", $"{part}-policy", $"{part}-registry", $"{part}-tracing"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_doctor_finds_nothing_wrong_between_here_and_a_platform_that_is_well()
    {
        var steps = await shared.Get();
        foreach (var gateway in steps.Platform.Gateways)
        {
            var output = await Shell.Run("dotnet", Repository.Mcpp, "doctor", "--json", "--url", gateway.ToString(), "--key", steps.Platform.AdminKey);

            var found = JsonNode.Parse(output)!["items"]!.AsArray().Select(i => $"{i!["check"]} {i["verdict"]}").ToList();
            foreach (var check in new[] { "address", "clock", "key", "components", "gateway", "streams" })
            {
                found.ShouldContain($"{check} ok", output);
            }
        }
    }

    [Fact]
    public async Task Metrics_tell_of_calls()
    {
        var steps = await shared.Get();
        using var caller = new ModernCaller(new Uri(steps.Platform.Address, "/mcp/servers/up"), steps.Platform.AdminKey);
        await caller.Call("echo", new JsonObject { ["text"] = "counted" });

        var text = (await steps.Admin.Get("/metrics")).Expect(HttpStatusCode.OK).Text;

        text.ShouldContain("mcp_server_operation_duration_seconds_count{mcp_method_name=\"tools/call\",mcpp_server=\"up\",gen_ai_tool_name=\"echo\",mcpp_status=\"ok\"}");
        text.ShouldContain("mcp_server_operation_duration_seconds_bucket");
    }

    [Fact]
    public async Task A_call_is_recorded_with_who_what_and_how_it_ended()
    {
        var steps = await shared.Get();
        using var caller = new ModernCaller(steps.Mcp, steps.Platform.AdminKey);
        var marker = $"marker-{Guid.NewGuid():n}";

        await caller.Call("up__echo", new JsonObject { ["text"] = marker });

        var record = await steps.RecordOf(marker);
        record["server"]!.GetValue<string>().ShouldBe("up");
        record["status"]!.GetValue<string>().ShouldBe("ok");
        record["protocol_version"]!.GetValue<string>().ShouldBe("2026-07-28");
        record["duration_ms"]!.GetValue<decimal>().ShouldBeGreaterThan(0);
    }

    private static McpCaller Caller(string era, Uri endpoint, string key) => era == ModernCaller.Version ? new ModernCaller(endpoint, key) : new LegacyCaller(endpoint, key, era);
}
