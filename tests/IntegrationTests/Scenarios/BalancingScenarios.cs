using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>A server in three places: how calls are spread, and what happens when a place goes and comes back.</summary>
public abstract class BalancingScenarios(SharedPlatform shared) : IAsyncLifetime
{
    private readonly string _slug = $"b{Guid.NewGuid():n}"[..12];
    private readonly List<ScriptedUpstream> _upstreams = [];
    private Steps _steps = null!;

    public async ValueTask InitializeAsync()
    {
        _steps = await shared.Get();
        for (var i = 0; i < 3; i++)
        {
            _upstreams.Add(await ScriptedUpstream.Start());
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var upstream in _upstreams)
        {
            await upstream.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_hundred_calls_over_three_endpoints_are_spread_evenly()
    {
        await Register("round_robin");

        await Calls(100);

        _upstreams.Select(u => u.Calls).ShouldAllBe(n => n >= 32 && n <= 35);
    }

    [Fact]
    public async Task Weights_are_kept()
    {
        await Register("round_robin", weights: [8, 1, 1]);

        await Calls(100);

        _upstreams[0].Calls.ShouldBeInRange(78, 82);
    }

    [Fact]
    public async Task No_call_fails_when_an_endpoint_is_killed_and_it_is_used_again_when_it_is_back()
    {
        await Register("round_robin");
        await Calls(9);
        var gone = _upstreams[1];

        await gone.Kill();
        (await Calls(60, "unsafe")).ShouldNotContain($"{gone.Port}");
        await Until.True(async () => (await Breakers()).Count(b => b != "closed") == 1, TimeSpan.FromSeconds(10), () => "The breaker of the endpoint that is gone does not open.");

        await gone.Listen();
        await Until.True(
            async () =>
            {
                await Calls(3, "unsafe");
                return (await Breakers()).All(b => b == "closed");
            },
            TimeSpan.FromSeconds(60),
            () => "The endpoint is back, and its breaker stays open.");
        await _steps.OnEveryGateway(async gateway => (await Answers(gateway, 6)).Distinct().Count() == 3, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task The_same_argument_always_goes_to_the_same_endpoint()
    {
        await Register("consistent_hash", "argument:customer");

        var answers = new Dictionary<string, string>();
        for (var i = 0; i < 60; i++)
        {
            var customer = $"c{i % 12}";
            var port = await Call("safe", new JsonObject { ["customer"] = customer });
            answers.GetValueOrDefault(customer, port).ShouldBe(port);
            answers[customer] = port;
        }

        answers.Values.Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task By_principal_everything_of_one_key_goes_to_one_endpoint()
    {
        await Register("consistent_hash", "principal");

        (await Calls(20)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_session_of_an_older_revision_stays_at_its_endpoint_and_sessions_are_spread()
    {
        await Register("round_robin");
        var homes = new HashSet<string>();
        for (var session = 0; session < 12; session++)
        {
            using var caller = new LegacyCaller(_steps.Mcp, _steps.Platform.AdminKey);
            var home = (await caller.CallPatiently($"{_slug}__safe")).ToolText;
            (await caller.CallPatiently($"{_slug}__safe")).ToolText.ShouldBe(home);
            (await caller.CallPatiently($"{_slug}__unsafe")).ToolText.ShouldBe(home);
            homes.Add(home);
        }

        homes.Count.ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData("least_connections"), InlineData("peak_ewma")]
    public async Task A_slow_endpoint_gets_fewer_calls(string algorithm)
    {
        await Register(algorithm);
        _upstreams[0].OnCall = async context =>
        {
            await Task.Delay(300, context.RequestAborted);
            return false;
        };

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Calls(20)));

        _upstreams[0].Calls.ShouldBeLessThan(30, "an even share would be 40");
    }

    [Theory]
    [InlineData("random", 1, 20, 47), InlineData("weighted_random", 8, 65, 95)]
    public async Task Chance_spreads_by_weight_where_it_is_asked_to(string algorithm, int weight, int least, int most)
    {
        await Register(algorithm, weights: [weight, 1, 1]);

        await Calls(100);

        _upstreams[0].Calls.ShouldBeInRange(least, most);
    }

    [Fact]
    public async Task A_breaker_opens_lets_one_call_try_and_closes()
    {
        _upstreams[1..].ForEach(u => u.Refuses(500));
        var alone = _upstreams[0];
        await _steps.Register(_slug, new { transport = "http", url = alone.Address });
        alone.Refuses(503);

        await Until.True(async () => (await Ask("unsafe")).Message!["error"]!["data"]!["code"]!.GetValue<string>() == "upstream.breaker_open", TimeSpan.FromSeconds(20));
        var calls = alone.Calls;
        var refused = await Ask("unsafe");
        if (_steps.Platform.Gateways.Count == 1)
        {
            (refused.Status, alone.Calls).ShouldBe((HttpStatusCode.ServiceUnavailable, calls));
            refused.Headers.ShouldContainKey("Retry-After");
        }

        alone.OnCall = _ => Task.FromResult(false);
        await _steps.OnEveryGateway(async gateway => (await Answers(gateway, 1)).Single() == $"{alone.Port}", TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("""{"algorithm":"fastest"}"""), InlineData("""{"algorithm":"consistent_hash","hash_on":"weather"}""")]
    public async Task Balancing_that_nobody_knows_is_refused(string balancing)
    {
        var body = new { slug = _slug, transport = "http", endpoints = Endpoints([1, 1, 1]), balancing = JsonNode.Parse(balancing) };

        (await _steps.Admin.Post("/api/v1/servers", body)).Expect(HttpStatusCode.BadRequest);
    }

    private object[] Endpoints(int[] weights) => [.. _upstreams.Select((u, i) => new { url = u.Address, weight = weights[i] })];

    private Task<string> Register(string algorithm, string? hashOn = null, int[]? weights = null) =>
        _steps.Register(_slug, new { transport = "http", endpoints = Endpoints(weights ?? [1, 1, 1]), balancing = new { algorithm, hash_on = hashOn } });

    private async Task<List<string>> Calls(int count, string tool = "safe")
    {
        var answers = new List<string>();
        for (var i = 0; i < count; i++)
        {
            answers.Add(await Call(tool));
        }

        return answers;
    }

    private async Task<string> Call(string tool, JsonObject? arguments = null) => (await Ask(tool, arguments)).ToolText;

    private async Task<McpAnswer> Ask(string tool, JsonObject? arguments = null)
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        return await caller.CallPatiently($"{_slug}__{tool}", arguments);
    }

    private async Task<IReadOnlyList<string?>> Answers(Uri gateway, int count)
    {
        using var caller = new ModernCaller(new Uri(gateway, "/mcp"), _steps.Platform.AdminKey);
        var answers = new List<string?>();
        for (var i = 0; i < count; i++)
        {
            var answer = await caller.CallPatiently($"{_slug}__safe");
            answers.Add(answer.ErrorCode is null ? answer.ToolText : null);
        }

        return answers;
    }

    private async Task<IReadOnlyList<string>> Breakers()
    {
        var status = (await _steps.Admin.Get("/api/v1/gateway/status")).Expect(HttpStatusCode.OK).Json;
        return [.. status["servers"]!.AsArray().Single(s => s!["server"]!.GetValue<string>() == _slug)!["endpoints"]!.AsArray().Select(e => e!["breaker"]!.GetValue<string>())];
    }
}
