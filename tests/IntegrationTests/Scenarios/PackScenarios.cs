using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>An API becomes tools: document, pack, deployment, call, and away again. Each scenario has a version or a name of its own.</summary>
public abstract class PackScenarios(HurtPlatform platform)
{
    private readonly TestApi _api = platform.Api;
    private readonly Steps _steps = platform.Steps;

    [Fact]
    public async Task A_document_becomes_a_pack_a_deployment_and_tools_that_reach_the_real_api_and_goes_again()
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        var analysis = (await _steps.Admin.Post("/api/v1/packs/analyze", new { document = JsonNode.Parse(_api.Document) })).Expect(HttpStatusCode.OK);
        analysis.Text.ShouldContain("createOrder");

        (await _steps.Admin.Send(HttpMethod.Put, "/api/v1/secrets/orders-key", new { value = TestApi.Bearer })).Status.ShouldBe(HttpStatusCode.OK);
        await CreatePack("1.0.0");
        var deployment = await Deploy("1.0.0");
        await Until.True(async () => (await caller.ToolNames()).Count(n => n.StartsWith("orders__", StringComparison.Ordinal)) == 2, Steps.Propagation);
        var tool = (await caller.ToolNames()).Single(n => n.StartsWith("orders__get", StringComparison.Ordinal));

        (await caller.Call(tool, new JsonObject { ["id"] = "o-17" })).ToolText.ShouldContain("o-17");
        _api.Asked.ShouldContain("GET /orders/o-17");

        // A deployment outlives the platform: killed and started again it serves the same tools.
        await _steps.Platform.Kill();
        await _steps.Platform.Start();
        await Until.True(async () => await Answers(caller, tool), TimeSpan.FromSeconds(40), () => $"The deployment did not come back.\n{_steps.Platform.Logs}");

        (await _steps.Admin.Delete($"/api/v1/deployments/{deployment}")).Status.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.NoContent);
        await Until.True(async () => !(await caller.ToolNames()).Contains(tool), TimeSpan.FromSeconds(20));
        (await caller.Call(tool, new JsonObject { ["id"] = "o-18" })).ErrorCode.ShouldBe(-32602);
        _steps.Platform.Logs.ShouldNotContain(TestApi.Bearer);
    }

    [Fact]
    public async Task A_pack_version_is_immutable()
    {
        await CreatePack("2.0.0");
        await CreatePack("2.0.0");
        var other = JsonNode.Parse(_api.Document)!;
        other["paths"]!.AsObject().Remove("/orders");

        var answer = await _steps.Admin.Post("/api/v1/packs", new { @namespace = "com.example", name = "orders", version = "2.0.0", document = other });

        answer.Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_path_that_tries_to_climb_is_refused_and_never_sent()
    {
        (await _steps.Admin.Send(HttpMethod.Put, "/api/v1/secrets/orders-key", new { value = TestApi.Bearer })).Status.ShouldBe(HttpStatusCode.OK);
        await CreatePack("3.0.0");
        var deployment = await Deploy("3.0.0", "climbing");
        using var caller = new ModernCaller(_steps.McpOf("climbing"), _steps.Platform.AdminKey);
        // The server is known a moment before its tools are.
        await Until.True(async () => (await caller.Request("tools/list")).Status == HttpStatusCode.OK && (await caller.ToolNames()).Count > 0, Steps.Propagation);
        var tool = (await caller.ToolNames()).Single(n => n.StartsWith("get", StringComparison.OrdinalIgnoreCase));
        _api.Asked.Clear();

        var answer = await caller.Call(tool, new JsonObject { ["id"] = ".." });

        answer.Text.ShouldContain("isError");
        _api.Asked.ShouldBeEmpty();
        (await _steps.Admin.Delete($"/api/v1/deployments/{deployment}")).Status.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task One_operation_registered_as_a_tool_is_deployed_falls_back_keeps_its_history_and_goes()
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        (await _steps.Admin.Send(HttpMethod.Put, "/api/v1/secrets/orders-key", new { value = TestApi.Bearer })).Status.ShouldBe(HttpStatusCode.OK);
        var dead = Shell.FreePorts(1)[0];
        var body = new
        {
            name = "get_order",
            slug = "one-order",
            description = "Shows an order.",
            method = "GET",
            url = $"http://127.0.0.1:{_api.Port}/orders/{{id}}",
            parameters = new[] { new { name = "id", @in = "path" } },
            secret_name = "orders-key",
        };
        var created = (await _steps.Admin.Post("/api/v1/tools", body)).Expect(HttpStatusCode.Created);
        var id = created.Json["id"]!.GetValue<string>();
        (await _steps.Admin.Post("/api/v1/tools", body)).ErrorCode.ShouldBe("servers.exists");
        await Until.True(async () => (await caller.ToolNames()).Any(n => n.StartsWith("one-order__", StringComparison.Ordinal)), TimeSpan.FromSeconds(45), () => $"It is not deployed.\n{_steps.Platform.Logs}");
        var tool = (await caller.ToolNames()).Single(n => n.StartsWith("one-order__", StringComparison.Ordinal));
        (await caller.Call(tool, new JsonObject { ["id"] = "o-1" })).ToolText.ShouldContain("o-1");

        // The first address is dead: the fallback answers.
        var moved = new
        {
            description = "Shows an order, from wherever it is.",
            method = "GET",
            url = $"http://127.0.0.1:{dead}/orders/{{id}}",
            parameters = new[] { new { name = "id", @in = "path" } },
            fallback_urls = new[] { $"http://127.0.0.1:{_api.Port}" },
            secret_name = "orders-key",
        };
        (await _steps.Admin.Send(HttpMethod.Put, $"/api/v1/tools/http/{id}", moved, ("If-Match", "\"7\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await _steps.Admin.Send(HttpMethod.Put, $"/api/v1/tools/http/{id}", moved, ("If-Match", "\"1\""))).Status.ShouldBe(HttpStatusCode.OK);
        await Until.True(
            async () => (await _steps.Admin.Get("/api/v1/tools?server=one-order")).Text.Contains("from wherever it is", StringComparison.Ordinal), TimeSpan.FromSeconds(45), () => $"The change is not deployed.\n{_steps.Platform.Logs}");
        await Until.True(async () => await Answers(caller, tool), TimeSpan.FromSeconds(20));

        (await _steps.Admin.Delete($"/api/v1/tools/http/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _steps.Admin.Delete($"/api/v1/tools/http/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        await Until.True(async () => !(await caller.ToolNames()).Contains(tool), TimeSpan.FromSeconds(30));
        var history = (await _steps.Admin.Get($"/api/v1/tools/http/{id}/history")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();
        history.Select(h => h!["version"]!.GetValue<int>()).ShouldBe([3, 2, 1]);
        history[0]!["removed"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.1.2.3/openapi.json")]
    [InlineData("http://[::1]:1/openapi.json")]
    [InlineData("file:///etc/passwd")]
    public async Task A_document_is_not_fetched_from_where_nobody_allowed(string url)
    {
        var answer = await _steps.Admin.Post("/api/v1/packs/analyze", new { url });

        ((int)answer.Status).ShouldBeInRange(400, 422, answer.Text);
    }

    private async Task CreatePack(string version)
    {
        var body = new
        {
            @namespace = "com.example",
            name = "orders",
            version,
            document = JsonNode.Parse(_api.Document),
            credentials = new[] { new { scheme = "key", type = "bearer", secret_ref = "orders-key" } },
        };
        (await _steps.Admin.Post("/api/v1/packs", body)).Status.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.OK);
    }

    private async Task<string> Deploy(string version, string slug = "orders")
    {
        var started = (await _steps.Admin.Post("/api/v1/deployments", new { pack = "com.example/orders", version, slug })).Expect(HttpStatusCode.Accepted);
        var id = started.Json["id"]!.GetValue<string>();
        var seen = "";
        await Until.True(
            async () =>
            {
                seen = (await _steps.Admin.Get($"/api/v1/deployments/{id}")).Expect(HttpStatusCode.OK).Text;
                return JsonNode.Parse(seen)!["state"]!.GetValue<string>() == "running";
            },
            TimeSpan.FromSeconds(45),
            () => $"It does not run: {seen}\n{_steps.Platform.Logs}");
        return id;
    }

    private static async Task<bool> Answers(McpCaller caller, string tool)
    {
        try
        {
            return (await caller.Call(tool, new JsonObject { ["id"] = "o-19" })).Text.Contains("o-19", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
