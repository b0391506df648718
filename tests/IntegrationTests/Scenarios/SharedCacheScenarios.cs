using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Results that gateways share in a Redis, and a Redis that is away, strange or curious.</summary>
public abstract class SharedCacheScenarios(SupervisedPlatform supervised) : IAsyncLifetime
{
    private const string Shared = "detail=shared";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly Steps _steps = supervised.Steps;
    private readonly PrivateRedis _redis = supervised.Redis;
    private readonly string _slug = $"c{Guid.NewGuid():n}"[..12];
    private readonly string _marker = $"marker{Guid.NewGuid():n}";
    private ScriptedUpstream _upstream = null!;
    private int _serial;

    public async ValueTask InitializeAsync()
    {
        _upstream = await ScriptedUpstream.Start();
        _upstream.Results["tools/call"] = _ => new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = $"{_marker} {Interlocked.Increment(ref _serial)}" }) };
        await _redis.Do("FLUSHALL");
        await Until.True(IsReachable, Soon);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _steps.Admin.Delete($"/api/v1/servers/{_slug}");
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_that_remembers_nothing_takes_what_another_asked_and_nothing_that_somebody_else_put_there()
    {
        await Register("tenant");
        foreach (var n in Enumerable.Range(0, 5))
        {
            (await Call(First, n)).Headers["Cache-Status"].ShouldContain("fwd=miss; stored");
            await Stored(n + 1);
        }

        var names = await Ordered();
        await _redis.Do("SET", names[1], "garbage", "PX", "60000");
        await _redis.Do("DEL", names[2], names[3]);
        await _redis.Do("LPUSH", names[2], "another", "type");
        await _redis.Do("COPY", names[0], names[3]);
        await _redis.Do("PERSIST", names[4]);
        await Restart();

        var hit = await Call(Last, 0);
        hit.Headers["Cache-Status"].ShouldSatisfyAllConditions(s => s.ShouldStartWith("mcpplatform; hit; ttl="), s => s.ShouldEndWith(Shared));
        (hit.ToolText, hit.Result["_meta"]!["mcpplatform/cache"]!["status"]!.GetValue<string>(), _upstream.Calls).ShouldBe(($"{_marker} 1", "hit", 5));
        (await Call(Last, 0)).Headers["Cache-Status"].ShouldSatisfyAllConditions(s => s.ShouldContain("hit"), s => s.ShouldNotContain(Shared));
        foreach (var n in Enumerable.Range(1, 4))
        {
            (await Call(Last, n)).ShouldSatisfyAllConditions(s => s.ToolText.ShouldBe($"{_marker} {5 + n}"), s => s.Headers["Cache-Status"].ShouldContain("fwd=miss"));
        }

        using var api = new ApiClient(Last, _steps.Platform.AdminKey);
        var statistics = (await api.Get("/api/v1/admin/cache")).Expect(HttpStatusCode.OK).Json["shared"]!;
        (statistics["reachable"]!.GetValue<bool>(), statistics["hits"]!.GetValue<long>() > 0, statistics["round_trip_ms"]!.GetValue<double>() > 0).ShouldBe((true, true, true));

        // On a busy machine it takes long to answer, and doctor says so.
        var findings = (await DoctorScenarios.Doctor(Last, _steps.Platform.AdminKey)).Findings;
        findings.ShouldContain(f => f.Contains(" cache: ") && f.Contains("share results in") && !f.Contains("away"), string.Join('\n', findings));
        await Until.True(async () => (await _steps.Admin.Get($"/api/v1/traces?server={_slug}&method=tools/call")).Json["items"]!.AsArray().Count(c => (string?)c!["cache"] == "hit") == 2, Soon);
    }

    [Fact]
    public async Task Nothing_in_it_can_be_read_and_a_principals_result_is_nobody_elses_there_either()
    {
        await Register("principal");
        var other = await _steps.KeyWith(Name("other"), new { id = "all", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { "*" } });
        var barred = await _steps.KeyWith(Name("barred"), new { id = "some", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { $"tool:{_slug}/unsafe" } });

        (await Call(First, 1)).ToolText.ShouldBe($"{_marker} 1");
        await Stored(1);
        (await Call(Last, 1, other.Text)).ToolText.ShouldBe($"{_marker} 2");
        (await Call(Last, 1, barred.Text)).Message!["error"].ShouldNotBeNull();
        await Stored(2);
        (await Call(Last, 1)).ToolText.ShouldBe($"{_marker} 1");

        foreach (var key in await _redis.Keys())
        {
            key.ShouldMatch("^mcpp:[A-Za-z0-9_-]{43}$");
            var value = await _redis.Do("--raw", "GET", key);
            new[] { _marker, _slug, "safe", "content", "text" }.ShouldAllBe(word => !value.Contains(word));
        }

        _steps.Platform.Logs.ShouldNotContain("gateways-p");
    }

    [Fact]
    public async Task What_is_ordered_to_be_forgotten_does_not_come_back_from_there()
    {
        await Register("tenant");
        (await Call(First, 1)).ToolText.ShouldBe($"{_marker} 1");
        await Stored(1);
        (await _steps.Admin.Delete($"/api/v1/admin/cache?server={_slug}&tool=safe")).Expect(HttpStatusCode.OK);

        foreach (var gateway in _steps.Platform.Gateways)
        {
            await Until.True(async () => (await Call(gateway, 1)).ToolText != $"{_marker} 1", Steps.Propagation);
        }

        _upstream.Calls.ShouldBe(2, "the other gateway takes what the first one asked after the order");
    }

    [Fact]
    public async Task While_it_stands_still_or_is_gone_calls_go_on_and_when_it_is_back_it_is_used_again()
    {
        await Register("tenant");
        await Call(First, 0);
        await _redis.Pause();
        try
        {
            var began = Stopwatch.GetTimestamp();
            for (var n = 1; n <= 20; n++)
            {
                (await Call(First, n)).ToolText.ShouldBe($"{_marker} {n + 1}");
            }

            // 20 time-outs would be a second of waiting alone; it is left alone after three.
            await Until.True(async () => !await IsReachable(), Soon);
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(10));
            (await DoctorScenarios.Doctor(First, _steps.Platform.AdminKey)).Findings.ShouldContain(f => f.StartsWith("warning cache: ") && f.Contains("Gateway__Cache__Redis__Url"));
        }
        finally
        {
            await _redis.Resume();
        }

        await Until.True(IsReachable, Soon);
        await _redis.Kill();
        (await Call(First, 30)).ToolText.ShouldBe($"{_marker} 22");
        await Until.True(async () => !await IsReachable(), Soon);
        await _redis.Start();
        await Until.True(IsReachable, TimeSpan.FromSeconds(30));
        await Call(First, 31);
        await Stored(1);
    }

    private Uri First => _steps.Platform.Gateways[0];

    private Uri Last => _steps.Platform.Gateways[^1];

    private static string Name(string role) => $"shared-{role}-{Guid.NewGuid():n}"[..24];

    private async Task<McpAnswer> Call(Uri gateway, int n, string? key = null)
    {
        using var caller = new ModernCaller(new Uri(gateway, $"/mcp/servers/{_slug}"), key ?? _steps.Platform.AdminKey);
        return await caller.Call("safe", new JsonObject { ["n"] = n, ["text"] = _marker });
    }

    private Task<string> Register(string scope) => _steps.Register(_slug, new { transport = "http", url = _upstream.Address, cache = new { tools = new[] { "safe" }, ttl_ms = 600_000, scope } });

    private async Task<bool> IsReachable()
    {
        foreach (var gateway in _steps.Platform.Gateways)
        {
            using var api = new ApiClient(gateway, _steps.Platform.AdminKey);
            if (!(await api.Get("/api/v1/admin/cache")).Expect(HttpStatusCode.OK).Json["shared"]!["reachable"]!.GetValue<bool>())
            {
                return false;
            }
        }

        return true;
    }

    private Task Stored(int count) => Until.True(async () => (await _redis.Keys()).Length == count, Soon);

    /// <summary>Keys in the order in which they were stored: by what is left of their time.</summary>
    private async Task<string[]> Ordered()
    {
        var left = new Dictionary<string, long>();
        foreach (var key in await _redis.Keys())
        {
            left[key] = long.Parse(await _redis.Do("PEXPIRETIME", key));
        }

        return [.. left.OrderBy(l => l.Value).Select(l => l.Key)];
    }

    /// <summary>kill -9 of the last gateway, and waits until it serves again.</summary>
    private async Task Restart()
    {
        if (_steps.Platform is DistributedPlatform several)
        {
            await several.Crash(several.GatewayParts[^1]);
            await several.WaitUntilHealthy();
        }
        else
        {
            await _steps.Platform.Kill();
            await _steps.Platform.Start();
        }

        using var api = new ApiClient(Last, _steps.Platform.AdminKey);
        await Until.True(async () => (await api.Get("/api/v1/admin/cache")).Json["shared"]!["reachable"]!.GetValue<bool>(), Soon);
    }
}
