using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios.Wire;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>The operator's file is what the platform has: seen by a client, read-only elsewhere, taken over while it runs.</summary>
public abstract partial class ConfigurationScenarios(ConfiguredPlatform configured)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly Steps _steps = configured.Steps;

    [Fact]
    public async Task What_the_file_declares_can_be_called_and_is_read_only_elsewhere()
    {
        await Lists("declared__echo");
        await Lists("mcp__echo");
        (await Call("declared__echo")).ShouldBe("hello");

        var server = (await _steps.Admin.Get("/api/v1/servers/declared")).Expect(HttpStatusCode.OK).Json;
        (server["managed_by"]!.GetValue<string>(), server["origin"]!.GetValue<string>(), server["title"]!.GetValue<string>()).ShouldBe(("file", "mcpplatform.yaml:2", "From the environment"));
        (await _steps.Admin.Get("/api/v1/servers/mcp")).Json["origin"]!.GetValue<string>().ShouldBe("MCP_SERVER_URL");
        foreach (var change in (ApiAnswer[])[await _steps.Admin.Send(HttpMethod.Patch, "/api/v1/servers/declared", new { enabled = false }), await _steps.Admin.Delete("/api/v1/servers/declared")])
        {
            (change.Status, change.ErrorCode).ShouldBe((HttpStatusCode.Conflict, "servers.managed"));
            change.Text.ShouldContain("mcpplatform.yaml:2");
        }

        var role = (await _steps.Admin.Get("/api/v1/policies/declared-role")).Expect(HttpStatusCode.OK).Json;
        (role["managed_by"]!.GetValue<string>(), role["origin"]!.GetValue<string>()).ShouldBe(("file", "mcpplatform.yaml:8"));
        (await _steps.Admin.Delete("/api/v1/policies/declared-role")).ErrorCode.ShouldBe("policies.managed");
        var route = (await _steps.Admin.Get("/api/v1/routes?intent=declared.echo")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Single()!;
        (route["managed_by"]!.GetValue<string>(), route["origin"]!.GetValue<string>()).ShouldBe(("file", "mcpplatform.yaml:12"));
        (await _steps.Admin.Delete($"/api/v1/routes/{route["id"]}")).ErrorCode.ShouldBe("routes.managed");
        (await _steps.Admin.Post("/v1/route/execute", new { intent = "declared.echo" })).Text.ShouldContain("from the file");
        var set = (await _steps.Admin.Get("/api/v1/tool-sets/declared-set")).Expect(HttpStatusCode.OK).Json;
        (set["managed_by"]!.GetValue<string>(), set["origin"]!.GetValue<string>()).ShouldBe(("file", "mcpplatform.yaml:15"));
        foreach (var change in (ApiAnswer[])[
            await _steps.Admin.Send(HttpMethod.Put, "/api/v1/tool-sets/declared-set", new { members = new[] { new { server = "declared" } } }),
            await _steps.Admin.Post("/api/v1/tool-sets/declared-set/rollback", new { version = 1 }),
            await _steps.Admin.Delete("/api/v1/tool-sets/declared-set")])
        {
            (change.Status, change.ErrorCode).ShouldBe((HttpStatusCode.Conflict, "tool_sets.managed"));
            change.Text.ShouldContain("mcpplatform.yaml:15");
        }

        (await _steps.Admin.Post("/api/v1/configuration/registry", new { servers = new { } })).ErrorCode.ShouldBe("configuration.file");
    }

    [Fact]
    public async Task A_set_of_the_file_is_an_endpoint_changes_as_a_version_and_goes_with_its_lines()
    {
        await SetLists("say");
        (await CallSet("say", [])).ShouldBe("fixed in the file");

        await configured.Write(configured.Base.Replace("rename: say", "rename: tell", StringComparison.Ordinal));
        await SetLists("tell");
        var versions = (await _steps.Admin.Get("/api/v1/tool-sets/declared-set/versions")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();
        versions.Select(v => v!["version"]!.GetValue<int>()).Take(2).ShouldBe([2, 1]);
        (await _steps.Admin.Get("/api/v1/tool-sets/declared-set/diff")).Text.ShouldContain("tell");

        var without = configured.Base[..configured.Base.IndexOf("tool_sets:", StringComparison.Ordinal)];
        await configured.Write(without);
        await Until.True(async () => (await _steps.Admin.Get("/api/v1/tool-sets/declared-set")).Status == HttpStatusCode.NotFound, Soon);
        await _steps.OnEveryGateway(async gateway => (await SetNames(gateway)) is null, Soon, () => "The set is served still.");
        await configured.Write(configured.Base);
        await SetLists("say");
    }

    [Fact]
    public async Task An_edit_is_taken_over_a_mistake_keeps_what_was_and_says_why_and_what_goes_from_the_file_goes()
    {
        await configured.Write(configured.Base.Replace("policies:", $"  added:\n    url: {configured.Declared.Address}\n    allow_private_address: true\npolicies:", StringComparison.Ordinal));
        await Lists("added__echo");

        await configured.Write(configured.Base.Replace("title: From", "titel: From", StringComparison.Ordinal));
        foreach (var service in (string[])["registry", "policy"])
        {
            await Until.True(async () => (await Status(service))["state"]!.GetValue<string>() == "refused", Soon);
            var problem = (await Status(service))["problems"]!.AsArray().Single()!;
            problem["field"]!.GetValue<string>().ShouldBe("servers.declared");
            problem["message"]!.GetValue<string>().ShouldStartWith("mcpplatform.yaml:3:5: 'titel' is no member. Did you mean 'title'?");
        }

        (await Call("added__echo")).ShouldBe("hello");
        _steps.Platform.Logs.ShouldContain("is no member. Did you mean");

        await configured.Write(configured.Base);
        await Until.True(async () => (await _steps.Admin.Get("/api/v1/servers/added")).Status == HttpStatusCode.NotFound, Soon);
        await Until.True(async () => (await Status("registry"))["state"]!.GetValue<string>() == "in_force", Soon);
        await _steps.OnEveryGateway(async gateway => !(await Names(gateway)).Contains("added__echo"), Soon);
    }

    [Fact]
    public async Task A_name_that_the_API_has_is_refused_by_its_name_and_nothing_of_the_edit_is_taken()
    {
        (await _steps.Admin.Post("/api/v1/servers", new { slug = "taken", transport = "http", url = "https://example.com/mcp", enabled = false })).Expect(HttpStatusCode.Created);
        await configured.Write(configured.Base.Replace("policies:", "  taken: { url: https://example.com/mcp, enabled: false }\n  beside: { url: https://example.com/mcp, enabled: false }\npolicies:", StringComparison.Ordinal));

        await Until.True(async () => (await Status("registry"))["problems"]!.AsArray().Any(p => p!["field"]!.GetValue<string>() == "servers.taken"), Soon);
        (await _steps.Admin.Get("/api/v1/servers/beside")).Status.ShouldBe(HttpStatusCode.NotFound);

        (await _steps.Admin.Delete("/api/v1/servers/taken")).Expect(HttpStatusCode.NoContent);
        await Until.True(async () => (await _steps.Admin.Get("/api/v1/servers/beside")).Status == HttpStatusCode.OK, Soon, () => "It is not tried again.");
        await configured.Write(configured.Base);
        await Until.True(async () => (await _steps.Admin.Get("/api/v1/servers/taken")).Status == HttpStatusCode.NotFound, Soon);
    }

    [Fact]
    public async Task A_server_that_the_configuration_puts_under_quarantine_again_goes_on_with_all_that_it_served_in_between()
    {
        await using var upstream = await WireUpstream.Start(isModern: false);
        upstream.Tool("echo", Say);
        using var theirs = await Tenant();
        await Apply("quarantine");
        await Looked("echo");
        upstream.Tool("later", Say);
        (await theirs.Post("/api/v1/servers/pinned/discover", new { })).Expect(HttpStatusCode.OK);
        (await Pending()).ShouldBe(1);

        await Apply("auto");
        await Apply("quarantine");

        (await Pending()).ShouldBe(0);

        Task<string> Say(WireCall call) => Task.FromResult(WireTools.Text("said"));

        async Task Apply(string definitions) => (await theirs.Post(
            "/api/v1/configuration/registry",
            new { servers = new { pinned = new { url = upstream.Address, allow_private_address = true, definitions } } })).Expect(HttpStatusCode.OK);

        Task Looked(string tool) => Until.True(async () => (await theirs.Get("/api/v1/tools?server=pinned")).Text.Contains(tool, StringComparison.Ordinal), Soon);

        async Task<int> Pending() => (await theirs.Get("/api/v1/servers/pinned/changes")).Expect(HttpStatusCode.OK).Json["pending"]!.AsArray().Count;
    }

    [Fact]
    public async Task Another_tenant_applies_its_own_over_the_API_as_a_plan_first_and_reaches_nobody_elses()
    {
        using var theirs = await Tenant();
        var configuration = new JsonObject { ["servers"] = new JsonObject { ["declared"] = new JsonObject { ["url"] = "https://example.com/mcp", ["enabled"] = false, ["tool_rate_limits"] = new JsonObject { ["zz"] = new JsonObject { ["rate"] = 1 }, ["a"] = new JsonObject { ["rate"] = 2, ["burst"] = 3 } } } } };

        var plan = (await theirs.Post("/api/v1/configuration/registry?dry_run=true", configuration)).Expect(HttpStatusCode.OK).Json["changes"]!.AsArray();
        plan.Select(c => (c!["action"]!.GetValue<string>(), c["path"]!.GetValue<string>())).ShouldBe([("create", "servers.declared")]);
        (await theirs.Get("/api/v1/servers/declared")).Status.ShouldBe(HttpStatusCode.NotFound);

        (await theirs.Post("/api/v1/configuration/registry?source=ours.yaml", configuration)).Expect(HttpStatusCode.OK);
        (await theirs.Get("/api/v1/servers/declared")).Json["origin"]!.GetValue<string>().ShouldStartWith("ours.yaml");
        (await theirs.Post("/api/v1/configuration/registry?source=ours.yaml", configuration)).Expect(HttpStatusCode.OK).Json["changes"]!.AsArray().ShouldBeEmpty();
        (await _steps.Admin.Get("/api/v1/servers/declared")).Json["url"]!.GetValue<string>().ShouldBe(configured.Declared.Address.ToString());

        foreach (var (text, why) in ((string, string)[])[("""{"servers":{"a":{"url":"https://x.example","title":"${PATH}"}}}""", "not followed"), ("""{"launchers":{"a":{"command":"sh"}}}""", "never come over the network"), ("""{"limits":{"max_concurrency":5}}""", "default tenant")])
        {
            var refused = await theirs.Send(HttpMethod.Post, "/api/v1/configuration/registry", text);
            ((int)refused.Status).ShouldBeInRange(403, 422);
            refused.Text.ShouldContain(why);
        }

        (await theirs.Get("/api/v1/configuration/registry")).Json["state"]!.GetValue<string>().ShouldBe("none");
    }

    [Fact]
    public async Task Whoever_may_not_write_tools_changes_no_tool_set_by_a_configuration_not_even_by_leaving_it_out()
    {
        using var theirs = await Tenant();
        var servers = new { away = new { url = "https://example.com/mcp", enabled = false } };
        (await theirs.Post("/api/v1/configuration/registry", new { servers, tool_sets = new { kept = new { members = new[] { new { server = "away" } } } } })).Expect(HttpStatusCode.OK);
        (await theirs.Post("/api/v1/policies", new { name = "registrar", grants = new[] { new { id = "servers", effect = "allow", actions = new[] { "servers:*" }, resources = new[] { "platform" } } } })).Expect(HttpStatusCode.Created);
        using var registrar = new ApiClient(_steps.Platform.Address, (await theirs.Post("/api/v1/keys", new { name = "registrar", roles = new[] { "registrar" } })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>());
        await Until.True(async () => (await registrar.Get("/api/v1/servers")).Status == HttpStatusCode.OK, Steps.Propagation);

        foreach (var way in (string[])["", "?dry_run=true"])
        {
            (await registrar.Post($"/api/v1/configuration/registry{way}", new { servers })).ErrorCode.ShouldBe("tools.write");
        }

        (await theirs.Get("/api/v1/tool-sets/kept")).Expect(HttpStatusCode.OK);
        (await theirs.Post("/api/v1/configuration/registry", new { servers })).Expect(HttpStatusCode.OK);
        (await registrar.Post("/api/v1/configuration/registry", new { })).Expect(HttpStatusCode.OK);
        (await theirs.Get("/api/v1/servers/away")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Secrets_of_the_file_are_in_no_log_and_no_answer()
    {
        await Lists("declared__echo");
        var (servers, status) = ((await _steps.Admin.Get("/api/v1/servers")).Text, (await Status("registry")).ToJsonString());

        (servers + status + _steps.Platform.Logs).ShouldNotContain(ConfiguredPlatform.Secret);
        (await _steps.Admin.Get("/api/v1/servers/declared")).Json["headers"]!.AsArray().Select(h => h!.GetValue<string>()).ShouldBe(["X-File", "X-Upstream-Key"]);
    }

    /// <summary>
    /// Some seconds by default; with MCPP_TEST_RELOADS=1 what is promised: 30 s at 500 requests per second, alone on its machine. docs/performance.md says what came of it.
    /// </summary>
    [Fact]
    public async Task Reloads_every_second_under_load_lose_no_call()
    {
        var isFull = Environment.GetEnvironmentVariable("MCPP_TEST_RELOADS") == "1";
        var (reloads, rate, before) = isFull ? (30, 500, TimeSpan.FromSeconds(10)) : (5, 60, TimeSpan.FromSeconds(1));
        var turns = new ReloadTurns(configured);
        await turns.Begin();
        using var callers = await ReloadCallers.Open(_steps, sessions: 16);
        using var stop = new CancellationTokenSource();
        var load = new SteadyLoad(rate, mostAtOnce: 512, callers.Call);
        var running = load.Run(stop.Token);
        await Task.Delay(before);

        var taken = new List<(string Kind, TimeSpan Took)>();
        var begun = load.Elapsed;
        for (var turn = 1; turn <= reloads; turn++)
        {
            var written = load.Elapsed;
            var kind = await turns.Take(turn);
            taken.Add((kind, load.Elapsed - written));
            var rest = begun + TimeSpan.FromSeconds(turn) - load.Elapsed;
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        }

        var took = load.Elapsed - begun;
        await stop.CancelAsync();
        var calls = await running;
        await turns.End();
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"before {before.TotalSeconds:0} s: {CallSample.Summary([.. calls.Where(c => c.Due < begun)])}");
        output.WriteLine($"reloads {took.TotalSeconds:0.0} s: {CallSample.Summary([.. calls.Where(c => c.Due >= begun)])}");
        foreach (var kind in taken.GroupBy(t => t.Kind))
        {
            output.WriteLine($"{kind.Key}: {kind.Count()} of {reloads}, seen everywhere after {kind.Min(t => t.Took.TotalMilliseconds):0} to {kind.Max(t => t.Took.TotalMilliseconds):0} ms");
        }

        calls.Where(c => c.Problem is not null).Take(5).ShouldBeEmpty();
        calls.Count.ShouldBeGreaterThan(reloads * rate / 2);
        taken.Count.ShouldBe(reloads);
    }

    private async Task Lists(string tool) => await _steps.OnEveryGateway(async gateway => (await Names(gateway)).Contains(tool), Soon, () => $"{tool} is not listed.");

    private async Task<IReadOnlyList<string>> Names(Uri gateway)
    {
        using var caller = new ModernCaller(new Uri(gateway, "/mcp"), _steps.Platform.AdminKey);
        return await caller.ToolNames();
    }

    private async Task SetLists(string tool) => await _steps.OnEveryGateway(async gateway => (await SetNames(gateway))?.Contains(tool) == true, Soon, () => $"The set does not list {tool}.");

    /// <summary>Null when there is no such set.</summary>
    private async Task<IReadOnlyList<string>?> SetNames(Uri gateway)
    {
        using var caller = new ModernCaller(new Uri(gateway, "/mcp/sets/declared-set"), _steps.Platform.AdminKey);
        return (await caller.Request("tools/list")).Message?["result"]?["tools"]?.AsArray().Select(t => t!["name"]!.GetValue<string>()).ToList();
    }

    private async Task<string> CallSet(string tool, JsonObject arguments)
    {
        using var caller = new ModernCaller(new Uri(_steps.Mcp, "/mcp/sets/declared-set"), _steps.Platform.AdminKey);
        return (await caller.Call(tool, arguments)).Result["content"]![0]!["text"]!.GetValue<string>();
    }

    private async Task<string> Call(string tool)
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        return (await caller.Call(tool, new JsonObject { ["text"] = "hello" })).Result["content"]![0]!["text"]!.GetValue<string>();
    }

    /// <summary>The admin of a tenant of its own.</summary>
    private async Task<ApiClient> Tenant()
    {
        var slug = $"configured-{Guid.NewGuid():n}"[..24];
        (await _steps.Admin.Post("/api/v1/tenants", new { slug, name = slug })).Expect(HttpStatusCode.Created);
        var key = (await _steps.Admin.Post($"/api/v1/tenants/{slug}/keys", new { name = "admin", roles = new[] { "admin" } })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        var theirs = new ApiClient(_steps.Platform.Address, key);
        await Until.True(async () => (await theirs.Get("/api/v1/servers")).Status == HttpStatusCode.OK, Steps.Propagation);
        return theirs;
    }

    private async Task<JsonNode> Status(string service) => (await _steps.Admin.Get($"/api/v1/configuration/{service}")).Expect(HttpStatusCode.OK).Json;
}
