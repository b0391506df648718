using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What gateways keep of a server's results, as clients of both eras see it, and how it is forgotten.</summary>
public abstract class CacheScenarios(SharedPlatform shared) : IAsyncLifetime
{
    private readonly string _slug = $"c{Guid.NewGuid():n}"[..12];
    private readonly Dictionary<string, int> _reads = [];
    private ScriptedUpstream _upstream = null!;
    private Steps _steps = null!;
    private int _serial;

    public async ValueTask InitializeAsync()
    {
        _steps = await shared.Get();
        _upstream = await ScriptedUpstream.Start();
        _upstream.Results["tools/call"] = parameters => new JsonObject
        {
            ["resultType"] = "complete",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = $"{Interlocked.Increment(ref _serial)}" }),
        };
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _steps.Admin.Delete($"/api/v1/servers/{_slug}");
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData(true, true), InlineData(true, false), InlineData(false, true), InlineData(false, false)]
    public async Task A_declared_tool_is_asked_once_whatever_the_eras_of_client_and_server(bool modernClient, bool modernServer)
    {
        await Register(modernServer, ["safe"], "principal");
        using var caller = Caller(modernClient);

        var miss = await caller.Call("safe", new JsonObject { ["a"] = 1, ["b"] = 2 });
        miss.Headers["Cache-Status"].ShouldStartWith("mcpplatform; fwd=miss; stored; ttl=");
        var hit = await caller.Call("safe", new JsonObject { ["b"] = 2, ["a"] = 1 });

        (miss.ToolText, hit.ToolText, _upstream.Calls).ShouldBe(("1", "1", 1));
        hit.Headers["Cache-Status"].ShouldStartWith("mcpplatform; hit; ttl=");
        int.Parse(hit.Headers["Age"]).ShouldBeInRange(0, 30);
        hit.Result["_meta"]!["mcpplatform/cache"]!["status"]!.GetValue<string>().ShouldBe("hit");
        miss.Result["_meta"]?["mcpplatform/cache"].ShouldBeNull();
        (hit.Result["resultType"] is not null).ShouldBe(modernClient, "each era gets its own form");
        (await caller.Call("unsafe")).Headers.ContainsKey("Cache-Status").ShouldBeFalse();
        await Until.True(async () => await Recorded() == "safe:miss, safe:hit, unsafe:", TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Principals_tenants_and_scopes_are_walls_and_who_may_not_call_gets_nothing_that_is_kept()
    {
        await Register(modernServer: true, ["safe"], "principal");
        var other = await _steps.KeyWith(Name("other"), new { id = "all", effect = "allow", actions = new[] { "tools:call", "resources:read" }, resources = new[] { "*" } });
        var barred = await _steps.KeyWith(Name("barred"), new { id = "some", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { $"tool:{_slug}/unsafe" } });
        using var mine = Caller(true);
        using var theirs = new ModernCaller(Endpoint, other.Text);
        using var nobodys = new ModernCaller(Endpoint, barred.Text);

        (await mine.Call("safe")).ToolText.ShouldBe("1");
        (await theirs.Call("safe")).ToolText.ShouldBe("2");
        (await mine.Call("safe")).ToolText.ShouldBe("1");
        (await theirs.Call("safe")).ToolText.ShouldBe("2");
        (await nobodys.Call("safe")).Message!["error"].ShouldNotBeNull();

        (await Change(new { cache = new { tools = new[] { "safe" }, ttl_ms = 60_000, scope = "tenant" } })).Json["cache"]!["scope"]!.GetValue<string>().ShouldBe("tenant");
        await Until.True(async () => (await mine.Call("safe")).ToolText is var text && (await theirs.Call("safe")).ToolText == text, Steps.Propagation);
        var refused = await nobodys.Call("safe");
        (refused.Message!["error"], refused.Headers.ContainsKey("Cache-Status")).ShouldSatisfyAllConditions(r => r.Item1.ShouldNotBeNull(), r => r.Item2.ShouldBeFalse());
    }

    [Fact]
    public async Task Resources_and_prompts_are_kept_as_long_as_their_server_says_and_for_whom()
    {
        await Register(modernServer: true, [], null);
        var other = await _steps.KeyWith(Name("other"), new { id = "all", effect = "allow", actions = new[] { "prompts:get", "resources:read" }, resources = new[] { "*" } });
        using var mine = Caller(true);
        using var theirs = new ModernCaller(Endpoint, other.Text);

        (await Read(mine, "kb://public?60000"), await Read(mine, "kb://public?60000"), await Read(theirs, "kb://public?60000")).ShouldBe((1, 1, 1));
        (await Read(mine, "kb://private?60000"), await Read(mine, "kb://private?60000"), await Read(theirs, "kb://private?60000")).ShouldBe((1, 1, 2));
        (await Read(mine, "kb://public?0"), await Read(mine, "kb://public?0")).ShouldBe((1, 2));
        var kept = await mine.Request("resources/read", new JsonObject { ["uri"] = "kb://public?60000" });
        kept.Result["ttlMs"]!.GetValue<long>().ShouldBeInRange(1, 59_999);
        kept.Result["cacheScope"]!.GetValue<string>().ShouldBe("public");
        using var legacy = Caller(modern: false);
        var old = await legacy.Request("resources/read", new JsonObject { ["uri"] = "kb://public?60000" });
        await legacy.Request("resources/read", new JsonObject { ["uri"] = "kb://public?60000" });
        (old.Result["ttlMs"], _reads["kb://public?60000"]).ShouldBe((null, 2));
        await Until.True(async () => (await Read(mine, "kb://public?300"), await Read(mine, "kb://public?300")) is var (a, b) && a == b, TimeSpan.FromSeconds(5));
        await Until.True(async () => await Read(mine, "kb://public?300") > 1, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Fifty_equal_calls_at_once_are_one_call_to_the_server_even_when_the_first_caller_leaves()
    {
        await Register(modernServer: true, ["safe"], "tenant");
        var (inside, go) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _upstream.OnCall = async _ =>
        {
            inside.TrySetResult();
            await go.Task.WaitAsync(TimeSpan.FromSeconds(20));
            return false;
        };
        var first = Caller(true);
        var leaving = first.Call("safe");
        await inside.Task.WaitAsync(TimeSpan.FromSeconds(10));
        using var caller = Caller(true);
        var calls = Enumerable.Range(0, 50).Select(_ => caller.Call("safe")).ToList();
        await Until.True(async () => (await Statistics())["waiting"]!.GetValue<int>() == 50, TimeSpan.FromSeconds(5));

        first.Dispose();
        await Should.ThrowAsync<OperationCanceledException>(leaving);
        go.SetResult();
        var answers = await Task.WhenAll(calls);

        answers.ShouldAllBe(a => a.ToolText == "1");
        answers.ShouldAllBe(a => a.Headers["Cache-Status"].Contains("collapsed") || a.Headers["Cache-Status"].Contains("hit"));
        _upstream.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_ordered_to_be_forgotten_is_forgotten_at_every_gateway_and_counted()
    {
        await Register(modernServer: true, ["safe", "unsafe"], "principal");
        var callers = _steps.Platform.Gateways.Select(g => new ModernCaller(new Uri(g, $"/mcp/servers/{_slug}"), _steps.Platform.AdminKey)).ToList();
        foreach (var caller in callers)
        {
            await caller.Call("safe");
            await caller.Call("unsafe");
            (await caller.Call("safe")).Headers["Cache-Status"].ShouldContain("hit");
            (await caller.Call("unsafe")).Headers["Cache-Status"].ShouldContain("hit");
        }

        (await Statistics())["hits"]!.GetValue<long>().ShouldBeGreaterThan(0);
        (await Statistics())["bytes"]!.GetValue<long>().ShouldBeGreaterThan(0);
        (await _steps.Admin.Delete($"/api/v1/admin/cache?server={_slug}&tool=safe")).Expect(HttpStatusCode.OK).Json["servers"]!.ToJsonString().ShouldBe($"[\"{_slug}\"]");
        foreach (var caller in callers)
        {
            await Until.True(async () => !(await caller.Call("safe")).Headers["Cache-Status"].Contains("hit"), Steps.Propagation);
            (await caller.Call("unsafe")).Headers["Cache-Status"].ShouldContain("hit");
        }

        (await _steps.Admin.Delete($"/api/v1/admin/cache?server={_slug}")).Expect(HttpStatusCode.OK);
        foreach (var caller in callers)
        {
            await Until.True(async () => !(await caller.Call("unsafe")).Headers["Cache-Status"].Contains("hit"), Steps.Propagation);
            caller.Dispose();
        }

        (await _steps.Admin.Delete("/api/v1/admin/cache?server=no-such-server")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _steps.Admin.Delete("/api/v1/admin/cache?tool=safe")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("""{"tools":[],"ttl_ms":1}"""), InlineData("""{"tools":["a"]}"""), InlineData("""{"tools":["a"],"ttl_ms":0}"""), InlineData("""{"tools":["a"],"ttl_ms":1,"scope":"everybody"}""")]
    [InlineData("""{"tools":[""],"ttl_ms":1}"""), InlineData("""{"ttl_ms":1}""")]
    public async Task A_declaration_that_is_none_is_refused_by_name(string cache)
    {
        var refused = await _steps.Admin.Post("/api/v1/servers", new JsonObject { ["slug"] = _slug, ["transport"] = "http", ["url"] = "https://example.com/mcp", ["cache"] = JsonNode.Parse(cache) });

        refused.Expect(HttpStatusCode.BadRequest).Json["error"]!["details"]!.AsArray().ShouldHaveSingleItem()!["field"]!.GetValue<string>().ShouldBe("cache");
    }

    private Uri Endpoint => new(_steps.Platform.Address, $"/mcp/servers/{_slug}");

    private static string Name(string role) => $"cache-{role}-{Guid.NewGuid():n}"[..24];

    private McpCaller Caller(bool modern) => modern ? new ModernCaller(Endpoint, _steps.Platform.AdminKey) : new LegacyCaller(Endpoint, _steps.Platform.AdminKey);

    /// <summary>What tracing has of the server's tools, oldest first.</summary>
    private async Task<string> Recorded() => string.Join(", ", (await _steps.Admin.Get($"/api/v1/traces?server={_slug}&method=tools/call")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray()
        .Reverse().Select(call => $"{call!["tool"]}:{call["cache"]}"));

    private async Task<JsonNode> Statistics() => (await _steps.Admin.Get("/api/v1/admin/cache")).Expect(HttpStatusCode.OK).Json;

    private async Task<ApiAnswer> Change(object terms) => (await _steps.Admin.Send(HttpMethod.Patch, $"/api/v1/servers/{_slug}", terms)).Expect(HttpStatusCode.OK);

    /// <summary>How often the resource had been read at the server when what comes back was made.</summary>
    private static async Task<int> Read(McpCaller caller, string uri) =>
        int.Parse((await caller.Request("resources/read", new JsonObject { ["uri"] = uri })).Result["contents"]![0]!["text"]!.GetValue<string>());

    private async Task Register(bool modernServer, string[] tools, string? scope)
    {
        if (modernServer)
        {
            _upstream.Results["initialize"] = _ => null;
            _upstream.Results["server/discover"] = _ => JsonNode.Parse("""
                {"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{},"resources":{}},"serverInfo":{"name":"kept","version":"1"},"ttlMs":0,"cacheScope":"private"}
                """);
            _upstream.Results["resources/list"] = _ => JsonNode.Parse("""{"resultType":"complete","resources":[{"uri":"kb://public?60000","name":"a"}],"ttlMs":0,"cacheScope":"private"}""");
            _upstream.Results["resources/templates/list"] = _ => JsonNode.Parse("""{"resultType":"complete","resourceTemplates":[],"ttlMs":0,"cacheScope":"private"}""");
            _upstream.Results["resources/read"] = parameters => Resource(parameters!["uri"]!.GetValue<string>());
        }

        await _steps.Register(_slug, new { transport = "http", url = _upstream.Address, cache = tools.Length == 0 ? null : new { tools, ttl_ms = 60_000, scope } });
    }

    private JsonObject Resource(string uri)
    {
        lock (_reads)
        {
            _reads[uri] = _reads.GetValueOrDefault(uri) + 1;
            return new JsonObject
            {
                ["resultType"] = "complete",
                ["contents"] = new JsonArray(new JsonObject { ["uri"] = uri, ["text"] = $"{_reads[uri]}" }),
                ["ttlMs"] = int.Parse(uri[(uri.IndexOf('?') + 1)..]),
                ["cacheScope"] = uri.Contains("public") ? "public" : "private",
            };
        }
    }
}
