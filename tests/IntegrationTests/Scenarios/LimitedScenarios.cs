using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Limits that are set on keys, servers and tools: how they show over the wire, and that gateways share them.</summary>
public abstract class LimitedScenarios(SharedPlatform shared) : IAsyncLifetime
{
    private readonly string _slug = $"l{Guid.NewGuid():n}"[..12];
    private ScriptedUpstream _upstream = null!;
    private Steps _steps = null!;

    public async ValueTask InitializeAsync()
    {
        _steps = await shared.Get();
        _upstream = await ScriptedUpstream.Start();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _steps.Admin.Delete($"/api/v1/servers/{_slug}");
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task A_keys_own_rate_holds_and_answers_say_what_is_left_of_it()
    {
        var key = await Key(rate: 5, burst: 40);
        using var caller = Caller(key);

        var answers = new List<McpAnswer>();
        for (var i = 0; i < 80; i++)
        {
            answers.Add(await caller.Request("tools/list"));
        }

        var passed = answers.Where(a => a.Status == HttpStatusCode.OK).ToList();
        passed.Count.ShouldBeInRange(15, 70);
        passed.ShouldAllBe(a => a.Headers["RateLimit-Policy"] == "\"key\";q=40;w=8" && a.Headers["RateLimit-Limit"] == "40");
        int.Parse(passed[1].Headers["RateLimit-Remaining"]).ShouldBeLessThan(int.Parse(passed[0].Headers["RateLimit-Remaining"]));
        passed[0].Headers["RateLimit"].ShouldStartWith($"\"key\";r={passed[0].Headers["RateLimit-Remaining"]};t=");
        var refused = answers.First(a => a.Status != HttpStatusCode.OK);
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (refused.Headers["RateLimit-Remaining"], int.Parse(refused.Headers["Retry-After"])).ShouldBe(("0", 1));
        var data = refused.Message!["error"]!["data"]!;
        (Text(data, "code"), Text(data, "limit"), Text(data, "value"), Text(data, "retryAfterSeconds")).ShouldBe(("rate_limited", "key", "5", "1"));
    }

    [Fact]
    public async Task Another_rate_of_a_key_holds_within_seconds_and_0_brings_the_platforms_own_back()
    {
        var key = await Key(rate: 0.02, burst: 1);
        using var caller = Caller(key);
        await Until.True(async () => (await caller.Request("tools/list")).Status == HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(5));

        var changed = await _steps.Admin.Send(HttpMethod.Patch, $"/api/v1/keys/{key.Id}", new { rate = 500, burst = 500 });
        changed.Expect(HttpStatusCode.OK).Json["rate"]!.GetValue<double>().ShouldBe(500);
        await Until.True(async () => (await Ask(caller, 20)).All(a => a.Status == HttpStatusCode.OK), Steps.Propagation);

        var reset = await _steps.Admin.Send(HttpMethod.Patch, $"/api/v1/keys/{key.Id}", new { rate = 0, burst = 0 });
        (reset.Expect(HttpStatusCode.OK).Json["rate"], reset.Json["burst"]).ShouldBe((null, null));
        await Until.True(async () => (await caller.Request("tools/list")).Headers["RateLimit-Limit"] == "200", Steps.Propagation);
    }

    [Fact]
    public async Task Rates_of_a_tool_and_of_a_server_hold_for_their_calls_and_for_nothing_else_until_they_are_taken_away()
    {
        await _steps.Register(_slug, new
        {
            transport = "http",
            url = _upstream.Address,
            rate_limit = new { rate = 0.05, burst = 8 },
            tool_rate_limits = new Dictionary<string, object> { ["safe"] = new { rate = 0.05, burst = 2 } },
        });
        using var caller = Caller(await Key(rate: 1000, burst: 1000));

        var ofTool = await UntilRefused(caller, "safe");
        (Text(ofTool, "limit"), Text(ofTool, "value"), Text(ofTool, "burst")).ShouldBe(("tool", "0.05", "2"));
        var other = await caller.Call($"{_slug}__unsafe");
        (other.Status, other.Headers["RateLimit-Policy"]).ShouldBe((HttpStatusCode.OK, "\"server\";q=8;w=160"));
        Text(await UntilRefused(caller, "unsafe"), "limit").ShouldBe("server");
        _upstream.Calls.ShouldBeInRange(2, 9);
        (await caller.Call("up__echo", new JsonObject { ["text"] = "x" })).ToolText.ShouldBe("x");

        (await _steps.Admin.Send(HttpMethod.Patch, $"/api/v1/servers/{_slug}", new { rate_limit = new { }, tool_rate_limits = new { } })).Expect(HttpStatusCode.OK);
        await Until.True(async () => (await caller.Call($"{_slug}__safe")).Status == HttpStatusCode.OK, Steps.Propagation);
    }

    [Fact]
    public async Task All_gateways_together_let_a_keys_rate_through_and_no_more()
    {
        const int Rate = 40;
        var key = await Key(Rate, Rate);
        using var all = new CancellationTokenSource();
        var passed = new int[_steps.Platform.Gateways.Count];

        // Shares move within two seconds; what holds is looked at afterwards.
        var load = Enumerable.Range(0, passed.Length).SelectMany(at => Enumerable.Range(0, 3).Select(_ => Task.Run(() => Load(at)))).ToList();
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (before, watch) = (passed.ToArray(), Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(8));
        var (after, seconds) = (passed.ToArray(), watch.Elapsed.TotalSeconds);
        await all.CancelAsync();
        await Task.WhenAll(load);

        var rate = (after.Sum() - before.Sum()) / seconds;
        rate.ShouldBeInRange(Rate * 0.75, Rate * 1.1, $"a second, by gateway {string.Join(", ", after.Zip(before, (a, b) => a - b))} in {seconds:0.0} s");
        before.Sum().ShouldBeLessThan((int)(Rate * (3 + 1) * 1.5), "rate and burst, and what a gateway begins with");
        passed.ShouldAllBe(n => n > 0);

        async Task Load(int at)
        {
            using var caller = new ModernCaller(new Uri(_steps.Platform.Gateways[at], "/mcp"), key.Text);
            while (!all.IsCancellationRequested)
            {
                if ((await caller.Request("server/discover")).Status == HttpStatusCode.OK)
                {
                    Interlocked.Increment(ref passed[at]);
                }

                await Task.Delay(20);
            }
        }
    }

    [Fact]
    public async Task At_a_slow_server_principals_take_turns_whoever_has_how_many_calls_waiting()
    {
        await _steps.Register(_slug, new { transport = "http", url = _upstream.Address, max_concurrency = 1 });
        var (inside, most, flooded) = (0, 0, 0);
        _upstream.OnCall = async context =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(50);
            Interlocked.Decrement(ref inside);
            return false;
        };
        using var flood = Caller(await Key(1000, 1000));
        using var polite = Caller(await Key(1000, 1000));

        var flooding = Enumerable.Range(0, 60).Select(_ => Task.Run(async () =>
        {
            (await flood.Call($"{_slug}__safe")).Status.ShouldBe(HttpStatusCode.OK);
            Interlocked.Increment(ref flooded);
        })).ToList();
        await Until.True(async () => await Waiting() > 20, TimeSpan.FromSeconds(10));
        var before = Volatile.Read(ref flooded);
        for (var i = 0; i < 5; i++)
        {
            (await polite.Call($"{_slug}__safe")).Status.ShouldBe(HttpStatusCode.OK);
        }

        (Volatile.Read(ref flooded) - before).ShouldBeLessThan(20, "each of the five calls had to wait for one or two of the others'");
        await Task.WhenAll(flooding);
        most.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_waits_leaves_the_queue_when_its_client_goes_and_lists_never_wait()
    {
        await _steps.Register(_slug, new { transport = "http", url = _upstream.Address, max_concurrency = 1 });
        _upstream.Hangs("headers");
        using var caller = Caller(await Key(1000, 1000));
        var hanging = caller.Call($"{_slug}__safe");
        await _upstream.Hanging.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var impatient = Caller(new Key("", _steps.Platform.AdminKey));
        var waiting = impatient.Call($"{_slug}__safe");
        await Until.True(async () => await Waiting() == 1, TimeSpan.FromSeconds(5));

        (await caller.Request("tools/list")).Status.ShouldBe(HttpStatusCode.OK);
        impatient.Dispose();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        await Until.True(async () => await Waiting() == 0, TimeSpan.FromSeconds(5));
        await _upstream.Kill();
        (await hanging).Status.ShouldNotBe(HttpStatusCode.OK);
        _upstream.Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData("keys", """{"name":"x","roles":["viewer"],"rate":0.001}""", "rate")]
    [InlineData("keys", """{"name":"x","roles":["viewer"],"burst":-1}""", "burst")]
    [InlineData("servers", """{"rate_limit":{"burst":5}}""", "rate_limit")]
    [InlineData("servers", """{"rate_limit":{"rate":2000000}}""", "rate_limit")]
    [InlineData("servers", """{"tool_rate_limits":{"safe":{"rate":1,"burst":0}}}""", "tool_rate_limits")]
    [InlineData("servers", """{"max_concurrency":-1}""", "max_concurrency")]
    public async Task A_limit_that_is_none_is_refused_by_name(string resource, string members, string field)
    {
        var body = JsonNode.Parse(members)!.AsObject();
        if (resource == "servers")
        {
            (body["slug"], body["transport"], body["url"]) = (_slug, "http", "https://example.com/mcp");
        }

        var refused = (await _steps.Admin.Post($"/api/v1/{resource}", body)).Expect(HttpStatusCode.BadRequest);

        refused.Json["error"]!["details"]!.AsArray().ShouldHaveSingleItem()!["field"]!.GetValue<string>().ShouldBe(field);
    }

    private static string Text(JsonNode data, string member) => data[member]!.ToString();

    private ModernCaller Caller(Key key) => new(new Uri(_steps.Platform.Address, "/mcp"), key.Text);

    private async Task<Key> Key(double rate, int burst)
    {
        var name = $"limited-{Guid.NewGuid():n}"[..20];
        var json = (await _steps.Admin.Post("/api/v1/keys", new { name, roles = (string[])["admin"], rate, burst })).Expect(HttpStatusCode.Created).Json;
        var key = new Key(json["id"]!.GetValue<string>(), json["key"]!.GetValue<string>());

        // A look at what the key may not read takes none of its rate.
        await _steps.OnEveryGateway(async gateway => (await new ApiClient(gateway, key.Text).Get("/api/v1/keys?limit=1")).Status == HttpStatusCode.OK, Steps.Propagation);
        return key;
    }

    private static async Task<IReadOnlyList<McpAnswer>> Ask(McpCaller caller, int times)
    {
        var answers = new List<McpAnswer>();
        for (var i = 0; i < times; i++)
        {
            answers.Add(await caller.Request("server/discover"));
        }

        return answers;
    }

    private async Task<JsonNode> UntilRefused(McpCaller caller, string tool)
    {
        for (var i = 0; i < 20; i++)
        {
            var answer = await caller.Call($"{_slug}__{tool}");
            if (answer.Status == HttpStatusCode.TooManyRequests)
            {
                return answer.Message!["error"]!["data"]!;
            }

            answer.Status.ShouldBe(HttpStatusCode.OK);
        }

        throw new InvalidOperationException($"Twenty calls of {tool} pass.");
    }

    private async Task<int> Waiting()
    {
        var status = (await _steps.Admin.Get("/api/v1/gateway/status")).Expect(HttpStatusCode.OK).Json;
        return status["servers"]!.AsArray().Single(s => s!["server"]!.GetValue<string>() == _slug)!["waiting"]!.GetValue<int>();
    }
}
