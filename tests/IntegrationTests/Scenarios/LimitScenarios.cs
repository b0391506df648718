using System.Net;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Limits are settings and hold over the wire.</summary>
public abstract class LimitScenarios(IPlatformForm form) : IAsyncLifetime
{
    private IPlatformUnderTest _platform = null!;

    public async ValueTask InitializeAsync() => _platform = await form.Create(new Dictionary<string, string>
    {
        ["Gateway__RequestsPerSecond"] = "2",
        ["Gateway__Burst"] = "3",
        ["Limits__RequestsPerSecond"] = "10",
        ["Limits__Burst"] = "5",
        ["Limits__MaxBodyBytes"] = "2048",
        ["Gateway__MaxQueue"] = "2",
        ["Gateway__QueueTimeout"] = "00:00:01.5",
    });

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _platform.DisposeAsync();
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
        using var api = new ApiClient(_platform.Address, _platform.AdminKey);
        var answers = new List<ApiAnswer>();
        for (var i = 0; i < 60; i++)
        {
            answers.Add(await api.Get("/api/v1/keys"));
        }

        var refused = answers.First(a => a.Status != HttpStatusCode.OK);
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.TooManyRequests, "rate_limited"));
        refused.Headers.ContainsKey("Retry-After").ShouldBeTrue();
    }

    [Fact]
    public async Task Only_so_many_calls_wait_for_a_server_and_only_for_so_long()
    {
        using var api = new ApiClient(_platform.Address, _platform.AdminKey);
        await using var upstream = await ScriptedUpstream.Start();
        (await api.Post("/api/v1/servers", new { slug = "slow", transport = "http", url = upstream.Address, allow_private_address = true, max_concurrency = 1 })).Expect(HttpStatusCode.Created);
        var key = (await api.Post("/api/v1/keys", new { name = "own", roles = (string[])["admin"], rate = 1000, burst = 1000 })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
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
        using var caller = new ModernCaller(new Uri(_platform.Address, "/mcp"), _platform.AdminKey);
        using var api = new ApiClient(_platform.Address, _platform.AdminKey);
        var large = new string('x', 3000);

        (await caller.PostRaw($$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":"{{large}}"} }""")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var refused = await api.Post("/api/v1/policies", new { name = "large", description = large, grants = Array.Empty<object>() });
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "request.too_large"));
    }
}
