using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>A platform with small limits.</summary>
public abstract class LimitedPlatform(IPlatformForm form) : IAsyncLifetime
{
    internal IPlatformUnderTest Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Platform = await form.Create(new Dictionary<string, string>
    {
        ["Gateway__RequestsPerSecond"] = "2",
        ["Gateway__Burst"] = "3",
        ["Limits__RequestsPerSecond"] = "10",
        ["Limits__Burst"] = "5",
        ["Limits__MaxBodyBytes"] = "2048",
        ["Gateway__MaxQueue"] = "2",
        ["Gateway__QueueTimeout"] = "00:00:01.5",
        ["Gateway__Sessions__MaxPerPrincipal"] = "3",
        ["Gateway__Sessions__MaxPerTenant"] = "6",
        ["Gateway__Sessions__Max"] = "7",
        ["Gateway__Sessions__MaxWatched"] = "2",
    });

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Platform.DisposeAsync();
    }
}

/// <summary>Limits are settings and hold over the wire.</summary>
public abstract class LimitScenarios(LimitedPlatform limited) : IDisposable
{
    private readonly IPlatformUnderTest _platform = limited.Platform;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly ApiClient _admin = new(limited.Platform.Address, limited.Platform.AdminKey);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _admin.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task Over_its_rate_a_key_gets_429_with_a_time_to_wait_and_works_again_afterwards()
    {
        using var caller = new ModernCaller(new Uri(_platform.Address, "/mcp"), _platform.AdminKey);
        var answers = new List<McpAnswer>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add(await caller.Request("tools/list"));
        }

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBeInRange(3, 6);
        var refused = answers.First(a => a.Status != HttpStatusCode.OK);
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        refused.Text.ShouldContain("rate_limited");
        await Until.True(async () => (await caller.Request("tools/list")).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_management_api_has_a_rate_of_its_own()
    {
        var answers = new List<ApiAnswer>();
        for (var i = 0; i < 60; i++)
        {
            answers.Add(await _admin.Get("/api/v1/keys"));
        }

        var refused = answers.First(a => a.Status != HttpStatusCode.OK);
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.TooManyRequests, "rate_limited"));
        refused.Headers.ContainsKey("Retry-After").ShouldBeTrue();
    }

    [Fact]
    public async Task Only_so_many_calls_wait_for_a_server_and_only_for_so_long()
    {
        await using var upstream = await ScriptedUpstream.Start();
        (await Post("/api/v1/servers", new { slug = "slow", transport = "http", url = upstream.Address, allow_private_address = true, max_concurrency = 1 })).Expect(HttpStatusCode.Created);
        var key = await Key("own");
        using var caller = new ModernCaller(new Uri(_platform.Address, "/mcp"), key);
        await Until.True(async () => (await caller.Call("slow__safe")).ErrorCode is null, TimeSpan.FromSeconds(20));
        upstream.Hangs("headers");
        var first = caller.Call("slow__safe");
        (await Task.WhenAny(first, upstream.Hanging.Task).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).ShouldBe(upstream.Hanging.Task);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => caller.Call("slow__safe")));

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.ServiceUnavailable && a.Headers["Retry-After"] == "1");
        var data = answers.Select(a => a.Message!["error"]!["data"]!).ToList();
        data.ShouldAllBe(d => d["code"]!.ToString() == "concurrency_limited" && d["limit"]!.ToString() == "concurrency" && d["scope"]!.ToString() == "server" && d["value"]!.ToString() == "1");
        data.Select(d => d["reason"]!.ToString()).Order().ShouldBe(["queue_full", "queue_full", "queue_full", "queue_timeout", "queue_timeout"]);
        await upstream.Kill();
        (await first).Status.ShouldNotBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_body_limit_is_the_one_that_was_set()
    {
        using var caller = new ModernCaller(Mcp, await Key("large"));
        var large = new string('x', 3000);

        (await caller.PostRaw($$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":"{{large}}"} }""")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var refused = await Post("/api/v1/policies", new { name = "large", description = large, grants = Array.Empty<object>() });
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "request.too_large"));
    }

    [Fact]
    public async Task A_principal_has_so_many_sessions_and_its_own_idlest_makes_room()
    {
        var key = await Key("many");
        var sessions = new List<LegacyCaller>();
        for (var i = 0; i < 4; i++)
        {
            sessions.Add(await Open(key));
        }

        (await sessions[0].Request("tools/list")).Status.ShouldBe(HttpStatusCode.NotFound);
        foreach (var session in sessions[1..])
        {
            (await session.Request("tools/list")).Status.ShouldBe(HttpStatusCode.OK);
        }

        var streams = await Task.WhenAll(sessions[1..].Select(session => Stream(key, session.Session!)));
        var late = new LegacyCaller(Mcp, key);
        var refused = await late.PostRaw("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""");
        Refusal(refused).ShouldBe((HttpStatusCode.TooManyRequests, "5", "sessions", "principal", 3));

        foreach (var stream in streams)
        {
            stream.Dispose();
        }

        await Until.True(async () => await Status(late) == HttpStatusCode.OK, TimeSpan.FromSeconds(10));
        await End([.. sessions, late]);
    }

    [Fact]
    public async Task No_tenant_pushes_out_another_ones_sessions()
    {
        (await Post("/api/v1/tenants", new { slug = "quiet", name = "quiet" })).Expect(HttpStatusCode.Created);
        var quiet = (await Post("/api/v1/tenants/quiet/keys", new { name = "admin", roles = new[] { "admin" }, rate = 1000, burst = 1000 })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        await Knows(quiet);
        var sessions = new List<LegacyCaller> { await Open(quiet), await Open(quiet) };
        for (var i = 0; i < 4; i++)
        {
            // Three principals could have nine; the tenant has six at the most, the process seven.
            var loud = await Key($"loud-{i}");
            for (var j = 0; j < 3; j++)
            {
                sessions.Add(await Open(loud));
            }
        }

        (await sessions[0].Request("tools/list")).Status.ShouldBe(HttpStatusCode.OK);
        (await sessions[1].Request("tools/list")).Status.ShouldBe(HttpStatusCode.OK);
        (await sessions[^1].Request("tools/list")).Status.ShouldBe(HttpStatusCode.OK);
        await End(sessions);
    }

    [Fact]
    public async Task Listeners_of_the_modern_era_have_the_same_bounds()
    {
        var key = await Key("listening");
        var listening = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Listen(key)));

        using var refused = await Listen(key);
        var body = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        (refused.StatusCode, refused.Headers.RetryAfter?.Delta).ShouldBe((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(5)), body);
        body.ShouldContain("\"limit\":\"subscriptions\",\"scope\":\"principal\",\"value\":3");
        foreach (var stream in listening)
        {
            stream.StatusCode.ShouldBe(HttpStatusCode.OK);
            stream.Dispose();
        }

        await Until.True(
            async () =>
            {
                using var again = await Listen(key);
                return again.StatusCode == HttpStatusCode.OK;
            },
            TimeSpan.FromSeconds(10));
        using var caller = new ModernCaller(Mcp, key);
        var many = await caller.Request("subscriptions/listen", new JsonObject { ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray("a:1", "a:2", "a:3") } });
        (many.ErrorCode, many.Text.Contains("more than 2 entries", StringComparison.Ordinal)).ShouldBe((-32602, true), many.Text);
    }

    private Uri Mcp => new(_platform.Address, "/mcp");

    private static (HttpStatusCode Status, string RetryAfter, string Limit, string Scope, int Value) Refusal(McpAnswer answer)
    {
        var data = answer.Message!["error"]!["data"]!;
        data["code"]!.GetValue<string>().ShouldBe("session_limit");
        return (answer.Status, answer.Headers["Retry-After"], data["limit"]!.GetValue<string>(), data["scope"]!.GetValue<string>(), data["value"]!.GetValue<int>());
    }

    private static async Task<HttpStatusCode> Status(LegacyCaller caller)
    {
        try
        {
            return (await caller.Request("tools/list")).Status;
        }
        catch (InvalidOperationException)
        {
            // No session yet.
            return HttpStatusCode.TooManyRequests;
        }
    }

    /// <summary>Sessions are the whole platform's: other scenarios of this class find their places free.</summary>
    private static async Task End(List<LegacyCaller> sessions)
    {
        foreach (var session in sessions)
        {
            await session.End();
            session.Dispose();
        }
    }

    /// <summary>The management API's rate is small as well, and other scenarios use it up.</summary>
    private async Task<ApiAnswer> Post(string path, object body)
    {
        ApiAnswer? answer = null;
        await Until.True(async () => (answer = await _admin.Post(path, body)).Status != HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(15));
        return answer!;
    }

    private async Task<string> Key(string name)
    {
        var key = (await Post("/api/v1/keys", new { name, roles = (string[])["admin"], rate = 1000, burst = 1000 })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        await Knows(key);
        return key;
    }

    private async Task Knows(string key)
    {
        using var caller = new ModernCaller(Mcp, key);
        await Until.True(async () => (await caller.Request("tools/list")).Status == HttpStatusCode.OK, Steps.Propagation);
    }

    private async Task<LegacyCaller> Open(string key)
    {
        var caller = new LegacyCaller(Mcp, key);
        (await caller.Request("ping")).Status.ShouldBe(HttpStatusCode.OK);
        return caller;
    }

    private Task<HttpResponseMessage> Stream(string key, string session)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Mcp);
        request.Headers.Add("Mcp-Session-Id", session);
        return Open(request, key);
    }

    private Task<HttpResponseMessage> Listen(string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Mcp)
        {
            Content = new StringContent(
                """
                {"jsonrpc":"2.0","id":"l","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},
                "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
                """,
                Encoding.UTF8,
                "application/json"),
        };
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "subscriptions/listen");
        return Open(request, key);
    }

    private async Task<HttpResponseMessage> Open(HttpRequestMessage request, string key)
    {
        request.Headers.Add("Authorization", $"Bearer {key}");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
