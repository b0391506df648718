using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpPlatform.IntegrationTests.Platform;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>
/// Upstreams that hang, flood, truncate, lie and send garbage: what reaches the caller is in <see cref="HostileTable"/>, and the gateway stays as it was. The habits are
/// those of <c>hostile_upstream.py</c>, and a few more that need bare sockets.
/// </summary>
public abstract class HostileUpstreamScenarios(HostilePlatform besieged) : IAsyncLifetime
{
    /// <summary>Beyond the timer that is to end a call: what a busy machine may add.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    private Steps _steps = null!;

    public static TheoryData<string> Behaviours => [.. HostileTable.All.Select(c => c.Behaviour)];

    public async ValueTask InitializeAsync() => _steps = await besieged.Get();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Behaviours))]
    public async Task A_hostile_upstream_ends_as_the_table_says_and_hurts_nobody(string behaviour)
    {
        var expected = HostileTable.Of(behaviour);

        if (expected.End is Unlisted unlisted)
        {
            var seen = besieged.Seen[behaviour];
            seen["health"]!.GetValue<string>().ShouldBe("unhealthy", expected.Why);
            seen["health_message"]!.GetValue<string>().ShouldContain(unlisted.Because, Case.Insensitive, expected.Why);
            (await _steps.Admin.Get($"/api/v1/tools?server={HostilePlatform.SlugOf(behaviour)}")).Json["items"]!.AsArray().ShouldBeEmpty();
        }
        else if (expected.End is Partly partly)
        {
            var seen = besieged.Seen[behaviour];
            seen["health"]!.GetValue<string>().ShouldBe("healthy", expected.Why);
            seen["health_message"]!.GetValue<string>().ShouldStartWith("Left out (", Case.Sensitive, expected.Why);
            var tools = (await _steps.Admin.Get($"/api/v1/tools?server={HostilePlatform.SlugOf(behaviour)}")).Json["items"]!.AsArray();
            tools.Select(t => t!["name"]!.GetValue<string>()).ShouldBe(partly.Tools, ignoreOrder: true, expected.Why);
        }
        else if (expected.End is Flapping flapping)
        {
            var healths = new List<string>();
            // Its turns go round: an error, no tools, tools. A look reads several times, so the turn before the one that it is to meet first is waited for; looks of the platform's own may
            // come in between.
            using var http = new HttpClient();
            for (var look = 0; look < 12 && !(healths.Contains("healthy: ") && flapping.Because.All(reason => healths.Exists(h => h.Contains(reason, StringComparison.Ordinal)))); look++)
            {
                await TurnTo(http, besieged.Hostile.Address(behaviour), look % 2 == 0 ? "\"name\"" : "[]");
                var seen = (await _steps.Admin.Post($"/api/v1/servers/{HostilePlatform.SlugOf(behaviour)}/discover", new { })).Expect(HttpStatusCode.OK).Json;
                healths.Add($"{seen["health"]}: {seen["health_message"]}");
            }

            healths.ShouldContain("healthy: ");
            flapping.Because.ShouldAllBe(reason => healths.Any(h => h.Contains(reason)), expected.Why);
        }
        else
        {
            // Twice: what the first call leaves behind must not meet the second one.
            Check(expected, await Call(HostilePlatform.ToolOf(behaviour)));
            Check(expected, await Call(HostilePlatform.ToolOf(behaviour)));
        }

        besieged.Hostile.Lured.ShouldBe(0, "nothing that an upstream says makes the platform connect anywhere");
        await ExpectHealthy();
    }

    /// <summary>Reads the list of a server until it has this in it, three times at most.</summary>
    private static async Task TurnTo(HttpClient http, Uri address, string part)
    {
        for (var turn = 0; turn < 3; turn++)
        {
            using var list = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", System.Text.Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(address, list);
            if ((await answer.Content.ReadAsStringAsync()).Contains(part, StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    [Fact]
    public void Every_behaviour_of_the_script_is_in_the_table_or_named_as_one_of_models()
    {
        var script = File.ReadAllText(HostileUpstream.Script);
        var named = Regex.Matches(script, """b (?:==|in) \(?("[^)\]:]*")""").SelectMany(m => Regex.Matches(m.Groups[1].Value, "\"([a-z0-9-]+)\"")).Select(m => m.Groups[1].Value);
        string[] all = [.. named.Concat(Regex.Matches(script, "\"(llm-[a-z-]+)\"").Select(m => m.Groups[1].Value)).Distinct()];

        all.Length.ShouldBeGreaterThan(70, "the script was read");
        all.Except(HostileTable.All.Select(c => c.Behaviour)).Except(HostileTable.OfModels).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_asks_to_wait_for_decades_makes_callers_wait_an_hour_at_most()
    {
        var answer = await Call(HostilePlatform.ToolOf("retry-after-huge"));

        answer.Message!["error"]!["data"]!["retryAfterSeconds"]!.GetValue<long>().ShouldBe(3600);
        answer.Headers["Retry-After"].ShouldBe("3600");
    }

    [Fact]
    public async Task A_changed_definition_is_on_record()
    {
        var slug = HostilePlatform.SlugOf("tool-rugpull-desc");
        for (var look = 0; look < 3; look++)
        {
            (await _steps.Admin.Post($"/api/v1/servers/{slug}/discover", new { })).Expect(HttpStatusCode.OK);
        }

        var changes = (await _steps.Admin.Get($"/api/v1/servers/{slug}/changes")).Expect(HttpStatusCode.OK).Json;
        changes.ToJsonString().ShouldContain("\"changed\":[\"echo\"]");
    }

    [Theory]
    [InlineData("tool-poison"), InlineData("tool-rugpull-desc"), InlineData("tool-rugpull-schema"), InlineData("tool-rugpull-annotation"), InlineData("tool-rugpull-flip")]
    public async Task A_definition_that_is_poisoned_or_changes_is_withheld_under_quarantine(string behaviour)
    {
        // A script of its own: it counts the looks.
        await using var hostile = await HostileUpstream.Start();
        var slug = $"q{Guid.NewGuid():n}"[..12];
        (await _steps.Admin.Post("/api/v1/servers", new { slug, transport = "http", url = hostile.Address(behaviour), allow_private_address = true, timeouts = HostileTable.Timeouts, definitions = "quarantine" }))
            .Expect(HttpStatusCode.Created);
        JsonNode? pending = null;
        await Until.True(
            async () =>
            {
                (await _steps.Admin.Post($"/api/v1/servers/{slug}/discover", new { })).Expect(HttpStatusCode.OK);
                return (pending = (await _steps.Admin.Get($"/api/v1/servers/{slug}/changes")).Expect(HttpStatusCode.OK).Json["pending"])!.AsArray().Any(change => change!["name"]!.GetValue<string>() == "echo");
            },
            TimeSpan.FromSeconds(20));

        await _steps.OnEveryGateway(
            async gateway =>
            {
                using var caller = new ModernCaller(new Uri(gateway, "/mcp"), _steps.Platform.AdminKey);
                return (await caller.Call($"{slug}__echo", new JsonObject { ["text"] = "x" })).Message!["error"]?["code"]?.GetValue<int>() == -32602;
            },
            Slack,
            () => pending!.ToJsonString());
        if (behaviour == "tool-poison")
        {
            pending!.AsArray().Select(change => change!["name"]!.GetValue<string>()).ShouldBe(["ansi", "b64", "echo", "html", "inv"], "each of them is flagged at first sight");
        }

        (await _steps.Admin.Delete($"/api/v1/servers/{slug}")).Expect(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData(10), InlineData(900_000), InlineData(8_000_000)]
    public async Task A_413_that_comes_before_the_body_was_read_is_reported_as_that(int size)
    {
        await using var upstream = RawUpstream.Start(async (call, token) =>
        {
            await call.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", token);

            // Open, and nothing of the body read: a gateway that wants to send it all first waits in vain.
            await Task.Delay(Timeout.Infinite, token);
        });
        var slug = await Register(upstream.Address);

        var answer = await Call($"{slug}__echo", size);

        Check(new HostileCase("early-413", new Refused(502, "upstream.http_status"), "The answer counts, whatever was not sent yet."), answer);
        answer.Text.ShouldContain("413");
    }

    [Fact]
    public async Task A_server_that_never_reads_is_given_up_when_the_time_for_the_head_is_over()
    {
        await using var upstream = RawUpstream.Start(static (_, token) => Task.Delay(Timeout.Infinite, token));
        var slug = await Register(upstream.Address);

        Check(new HostileCase("never-reads", new Refused(504, "upstream.timeout", "headers"), "Sending counts as waiting for the head."), await Call($"{slug}__echo", 8_000_000));
    }

    [Theory]
    [InlineData("drips", "upstream.timeout"), InlineData("floods", "upstream.too_large")]
    public async Task A_head_without_end_is_given_up(string how, string code)
    {
        await using var upstream = RawUpstream.Start(async (call, token) =>
        {
            await call.Send("HTTP/1.1 200 OK\r\n", token);
            for (var line = 0; ; line++)
            {
                await call.Send($"X-{line}: {new string('h', 500)}\r\n", token);
                await (how == "drips" ? Task.Delay(100, token) : Task.CompletedTask);
            }
        });
        var slug = await Register(upstream.Address);

        var answer = await Call($"{slug}__echo");

        answer.Message!["error"]!["data"]!["code"]!.GetValue<string>().ShouldBe(code);
    }

    [Fact]
    public async Task A_stream_that_reports_without_end_is_given_up_at_its_bound_in_bytes()
    {
        await using var upstream = await ScriptedUpstream.Start();
        upstream.OnCall = Flood(_ => { });
        await _steps.Register("flood", new { transport = "http", url = upstream.Address, timeouts = new { total_ms = 60_000 }, max_attempts = 1 });

        var answer = await Call("flood__safe");

        Check(new HostileCase("flood", new Refused(502, "upstream.too_large"), "64 MiB are six answers of the largest size."), answer);
        answer.Text.ShouldContain("67108864");
    }

    [Fact]
    public async Task A_client_that_goes_ends_the_call_to_a_server_that_floods()
    {
        await using var upstream = await ScriptedUpstream.Start();
        var (flooding, ended) = (new TaskCompletionSource(), new TaskCompletionSource<long>());
        upstream.OnCall = Flood(state => _ = state ? flooding.TrySetResult() : ended.TrySetResult(Stopwatch.GetTimestamp()), slowly: true);
        await _steps.Register("flood-left", new { transport = "http", url = upstream.Address });
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        var call = caller.Call("flood-left__safe");
        await flooding.Task.WaitAsync(Slack);

        var left = Stopwatch.GetTimestamp();
        caller.Dispose();

        Report("floods", Stopwatch.GetElapsedTime(left, await ended.Task.WaitAsync(Slack)));
        await Should.ThrowAsync<Exception>(call);
    }

    [Fact]
    public async Task A_client_that_goes_ends_the_call_to_a_server_that_does_not_read()
    {
        var (reading, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        var ended = new TaskCompletionSource<(long Bytes, long Announced)>();
        await using var upstream = RawUpstream.Start(async (call, token) =>
        {
            reading.SetResult();
            await left.Task.WaitAsync(token);
            ended.SetResult(((await call.Drain(token)).Bytes, call.Length));
        });
        var slug = await Register(upstream.Address);
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        var call = caller.Call($"{slug}__echo", new JsonObject { ["text"] = new string('x', 8_000_000) });
        await reading.Task.WaitAsync(Slack);

        caller.Dispose();
        await Should.ThrowAsync<Exception>(call);

        // The goal for the end of a call. Only then does the server read: what was cut off does not come any more.
        await Task.Delay(TimeSpan.FromMilliseconds(50));
        left.SetResult();
        var (bytes, announced) = await ended.Task.WaitAsync(Slack);
        bytes.ShouldBeLessThan(announced, "the rest was never sent");
    }

    [Fact]
    public async Task Twenty_floods_at_once_leave_memory_sockets_and_processes_as_they_were()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        string[] floods = ["sse-no-newline", "sse-huge-event", "json-huge", "json-deep", "sse-many-tiny", "headers-huge", "1xx-flood", "chunked-bad", "json-truncated", "slow-drip"];

        // What the runtime keeps for good (code, pooled buffers of the largest size on every thread) is there after the first rounds, as it is in a gateway that has
        // worked for a while. What a flood leaves behind for good would add up round by round.
        for (var round = 0; round < 5; round++)
        {
            await Storm(floods);
        }

        // The runtime may take a larger budget once, when the machine is busy. What leaks is taken again every time.
        var (before, after) = (GatewayUse.Nothing, GatewayUse.Nothing);
        for (var window = 0; window == 0 || (window < 4 && after.ResidentBytes > before.ResidentBytes * 11 / 10); window++)
        {
            before = await Settled(GatewayUse.Nothing);
            for (var round = 0; round < 5; round++)
            {
                await Storm(floods);
            }

            after = await Settled(before);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"before {before}, after {after}");
        after.ResidentBytes.ShouldBeLessThanOrEqualTo(before.ResidentBytes * 11 / 10, "resident memory is back to within a tenth");
        after.Handles.ShouldBeLessThanOrEqualTo(before.Handles + 10, "sockets are closed; ten are what a pool may differ by");
        after.Children.ShouldBe(before.Children);
        await ExpectHealthy();
    }

    private static void Check(HostileCase expected, McpAnswer answer)
    {
        if (expected.End is Answered answered)
        {
            ((int)answer.Status).ShouldBe(200, $"{expected.Why} {answer.Text}");
            var text = Regex.Unescape(answer.Result.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
            text.ShouldContain(answered.With, Case.Sensitive, expected.Why);
            var everything = answer.Text + string.Join('\n', answer.Headers.Select(h => $"{h.Key}: {h.Value}"));
            answered.Without.ShouldAllBe(forbidden => !everything.Contains(forbidden, StringComparison.Ordinal), $"{expected.Why} {everything}");
            return;
        }

        var refused = (Refused)expected.End;
        ((int)answer.Status).ShouldBe(refused.Status, $"{expected.Why} {answer.Text}");
        var data = answer.Message!["error"]!["data"]!;
        (data["code"]?.GetValue<string>(), data["timer"]?.GetValue<string>()).ShouldBe((refused.Code, refused.Timer), expected.Why);
        data["attempts"]!.GetValue<int>().ShouldBe(1);
        answer.Text.ShouldNotContain(HostileTable.Credential);
    }

    private async Task<McpAnswer> Call(string tool, int size = 1)
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        var watch = Stopwatch.StartNew();
        var answer = await caller.Call(tool, new JsonObject { ["text"] = new string('x', size) });
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(tool.Contains("gzipbomb", StringComparison.Ordinal) ? 40 : 3) + Slack);
        return answer;
    }

    /// <summary>Registers a server with short timers under a name of its own.</summary>
    private async Task<string> Register(Uri address)
    {
        var slug = $"r{Guid.NewGuid():n}"[..12];
        await _steps.Register(slug, new { transport = "http", url = address, timeouts = HostileTable.Timeouts, max_attempts = 1 });
        return slug;
    }

    /// <summary>Other servers answer at once. What a hostile one has done to the gateway lasts; a machine that was busy for a moment is not busy three times.</summary>
    private async Task ExpectHealthy()
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        var (fastest, slowest) = (TimeSpan.MaxValue, TimeSpan.Zero);
        for (var turn = 0; turn < 3 && fastest >= AtOnce; turn++)
        {
            var watch = Stopwatch.StartNew();
            (await caller.Call("up__echo", new JsonObject { ["text"] = "still here" })).ToolText.ShouldBe("still here");
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
        }

        fastest.ShouldBeLessThan(AtOnce, "other servers answer at once");
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(10), "nobody waits for a hostile one to let go");
        (await _steps.Admin.Get("/health")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private async Task Storm(string[] behaviours) => await Task.WhenAll(behaviours.Concat(behaviours).Select(b => Call(HostilePlatform.ToolOf(b))));

    /// <summary>The gateway's use of the machine, as soon as it is no more than a tenth above what is expected, or after 60 s.</summary>
    private async Task<GatewayUse> Settled(GatewayUse expected)
    {
        var deadline = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(60);
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            var use = GatewayUse.Of(_steps.Platform.GatewayProcesses[0]);
            if (use.ResidentBytes <= expected.ResidentBytes * 11 / 10 || expected == GatewayUse.Nothing || DateTimeOffset.UtcNow > deadline)
            {
                return use;
            }

            // Ordinary calls, as there always are: they make the collector run.
            for (var i = 0; i < 200; i++)
            {
                await Call("up__echo", 1000);
            }
        }
    }

    private static void Report(string phase, TimeSpan took)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"gone while the server {phase}: its call ended after {took.TotalMilliseconds:0.0} ms");

        // The goal is 50 ms; a busy machine gets a second.
        took.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    private static Func<HttpContext, Task<bool>> Flood(Action<bool> state, bool slowly = false) => async context =>
    {
        context.Response.ContentType = "text/event-stream";
        var events = string.Concat(Enumerable.Repeat("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}\n\n", 500));
        await using var gone = context.RequestAborted.Register(() => state(false));
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.WriteAsync(events);
            state(true);
            await (slowly ? Task.Delay(5) : Task.CompletedTask);
        }

        return true;
    };
}
