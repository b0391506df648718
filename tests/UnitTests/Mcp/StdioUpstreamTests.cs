using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class StdioUpstreamTests
{
    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-06-18", "--fragile")]
    [InlineData("2026-07-28", "--modern")]
    public async Task The_era_is_found_and_calls_pass_byte_for_byte(string version, params string[] habits)
    {
        await using var upstream = Open(Fixtures.Small(habits));

        (await upstream.Connect(default)).Version.Text.ShouldBe(version);
        using var answer = await upstream.Send(Fixtures.Call("echo", "{ \"a\":1.50 }", ",\"x\":\"\\u2028\""), default);

        answer.IsError.ShouldBeFalse();
        Fixtures.Text(answer).ShouldEndWith(",\"n\":9007199254740993,\"u\":\"\\u2028\"}");
        var seen = JsonNode.Parse(answer.Payload.Span)!["seen"]!;
        seen["x"]!.GetValue<string>().ShouldBe("\u2028");
        (seen["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.GetValue<string>()).ShouldBe(version == "2026-07-28" ? version : null);
    }

    [Theory]
    [InlineData]
    [InlineData("--modern")]
    public async Task The_trace_goes_on_in_the_message_and_baggage_stays_here(params string[] habits)
    {
        await using var upstream = Open(Fixtures.Small(habits));
        using var activity = new Activity("call") { TraceStateString = "vendor=1" }.SetIdFormat(ActivityIdFormat.W3C).Start();

        using var answer = await upstream.Send(Fixtures.Call("echo", "{}", ",\"_meta\":{\"traceparent\":\"x\",\"tracestate\":\"y\",\"baggage\":\"z\"}"), default);

        var meta = JsonNode.Parse(answer.Payload.Span)!["seen"]!["_meta"]!;
        (meta["traceparent"]!.GetValue<string>(), meta["tracestate"]!.GetValue<string>()).ShouldBe((activity.Id, "vendor=1"));
        meta["baggage"].ShouldBeNull();
    }

    [Fact]
    public async Task A_callers_trace_that_was_not_taken_over_is_not_passed_on()
    {
        await using var upstream = Open(Fixtures.Small());
        Activity.Current = null;

        using var answer = await upstream.Send(Fixtures.Call("echo", "{}", ",\"_meta\":{\"traceparent\":\"x\",\"tracestate\":\"y\",\"k\":1}"), default);

        JsonNode.Parse(answer.Payload.Span)!["seen"]!["_meta"]!.AsObject().Select(m => m.Key).ShouldBe(["k"]);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_the_question_is_legacy_after_five_seconds()
    {
        await using var upstream = Open(Fixtures.Small("--silent"));
        var watch = Stopwatch.StartNew();

        (await upstream.Connect(default)).Version.Era.ShouldBe(ProtocolEra.Legacy);

        watch.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task All_pages_of_tools_are_read_raw()
    {
        await using var upstream = Open(Fixtures.Small());

        var tools = await CatalogLister.ReadAll(upstream, CatalogKind.Tools, new CatalogListLimits(), default);

        tools.Select(tool => tool.Key).ShouldBe(["first", "second"]);
        Encoding.UTF8.GetString(tools[0].Definition.Span).ShouldBe("{\"name\":\"first\",\"inputSchema\":{}}");
        (await Should.ThrowAsync<UpstreamException>(CatalogLister.ReadAll(upstream, CatalogKind.Tools, new CatalogListLimits(MaxPages: 1), default))).Kind.ShouldBe(UpstreamFailure.TooLarge);
        (await Should.ThrowAsync<UpstreamException>(CatalogLister.ReadAll(upstream, CatalogKind.Tools, new CatalogListLimits(MaxItems: 1), default))).Kind.ShouldBe(UpstreamFailure.TooLarge);
    }

    [Theory]
    [InlineData("\"p\"")]
    [InlineData("7")]
    public async Task Two_callers_with_the_same_token_each_get_their_own_progress_in_order(string token)
    {
        await using var upstream = Open(Fixtures.Small());
        var seen = new List<string>[2];
        async Task<string> Run(int caller)
        {
            seen[caller] = [];
            using var answer = await upstream.Send(
                Fixtures.Call("progress", "{\"n\":200}", $",\"_meta\":{{\"progressToken\":{token}}}") with
                {
                    OnNotification = (message, _) =>
                    {
                        seen[caller].Add(Encoding.UTF8.GetString(message.Span));
                        return ValueTask.CompletedTask;
                    },
                },
                default);
            return Fixtures.Text(answer);
        }

        await Task.WhenAll(Run(0), Run(1));

        var expected = Enumerable.Range(1, 200).Select(i => $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{token}}},"progress":{{{i}}}}}""");
        seen[0].ShouldBe(expected);
        seen[1].ShouldBe(expected);
    }

    [Fact]
    public async Task Hundreds_of_calls_at_once_each_get_their_own_answer()
    {
        await using var upstream = Open(Fixtures.Small());

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
        {
            using var answer = await upstream.Send(Fixtures.Call("echo", $"{{\"i\":{i}}}"), default);
            return JsonNode.Parse(answer.Payload.Span)!["seen"]!["arguments"]!["i"]!.GetValue<int>();
        }));

        answers.ShouldBe(Enumerable.Range(0, 500));
    }

    [Fact]
    public async Task Cancelling_tells_the_server()
    {
        await using var upstream = Open(Fixtures.Small());
        await upstream.Connect(default);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        await Should.ThrowAsync<OperationCanceledException>(async () => await upstream.Send(Fixtures.Call("sleep"), stop.Token));

        await Fixtures.Until(
            async () =>
            {
                using var answer = await upstream.Send(Fixtures.Call("cancelled"), default);
                return JsonNode.Parse(answer.Payload.Span)!["cancelled"]!.AsArray().Count == 1;
            },
            "the server hears of the cancellation");
    }

    [Fact]
    public async Task The_server_sees_only_the_environment_it_was_given()
    {
        Environment.SetEnvironmentVariable("MCPP_SECRET_OF_THE_HOST", "1");
        await using var upstream = Open(Fixtures.Small() with { Environment = new Dictionary<string, string> { ["GIVEN"] = "yes" } });

        using var answer = await upstream.Send(Fixtures.Call("environment"), default);

        var seen = JsonNode.Parse(answer.Payload.Span)!;
        seen["names"]!.AsArray().Select(name => name!.GetValue<string>()).Except(["GIVEN", "HOME", "PATH"]).ShouldBeEmpty();
        seen["value"]!.GetValue<string>().ShouldBe("yes");
    }

    [Fact]
    public async Task Pings_of_the_server_are_answered()
    {
        await using var upstream = Open(Fixtures.Small());

        using var answer = await upstream.Send(Fixtures.Call("ping"), default);

        Fixtures.Text(answer).ShouldContain("""{"jsonrpc":"2.0","id":"from-server","result":{}}""");
    }

    [Fact]
    public async Task When_the_process_ends_every_waiter_hears_why()
    {
        await using var upstream = Open(Fixtures.Small());
        await upstream.Connect(default);
        var waiting = upstream.Send(Fixtures.Call("sleep"), default).AsTask();

        var failure = await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("exit"), default));

        failure.Kind.ShouldBe(UpstreamFailure.Closed);
        failure.Message.ShouldContain("code 7");
        (await Should.ThrowAsync<UpstreamException>(waiting)).Kind.ShouldBe(UpstreamFailure.Closed);
        upstream.IsClosed.ShouldBeTrue();
        upstream.Stderr.ShouldBe(new StderrTail("fixture started\n", false));
        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("echo"), default))).Kind.ShouldBe(UpstreamFailure.Closed);
    }

    [Fact]
    public async Task A_message_over_the_limit_ends_the_connection()
    {
        await using var upstream = Open(Fixtures.Small() with { MaxMessageBytes = 100_000 });

        using (await upstream.Send(Fixtures.Call("large", "{\"n\":90000}"), default))
        {
        }

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("large", "{\"n\":200000}"), default))).Kind.ShouldBe(UpstreamFailure.TooLarge);
    }

    [Fact]
    public async Task Disposing_leaves_no_process_behind()
    {
        var file = Path.GetTempFileName();
        var upstream = Open(Fixtures.Small("--stubborn", "--grandchild", file));
        await upstream.Connect(default);
        var (child, grandchild) = (upstream.ProcessId!.Value, int.Parse(await File.ReadAllTextAsync(file), System.Globalization.CultureInfo.InvariantCulture));
        Fixtures.IsAlive(child).ShouldBeTrue();
        Fixtures.IsAlive(grandchild).ShouldBeTrue();

        await upstream.DisposeAsync();

        await Fixtures.Until(() => Task.FromResult(!Fixtures.IsAlive(child) && !Fixtures.IsAlive(grandchild)), "both processes are gone");
        File.Delete(file);
    }

    [Fact]
    public async Task A_killed_server_takes_its_children_along()
    {
        var file = Path.GetTempFileName();
        await using var upstream = Open(Fixtures.Small("--grandchild", file));
        await upstream.Connect(default);
        var grandchild = int.Parse(await File.ReadAllTextAsync(file), System.Globalization.CultureInfo.InvariantCulture);
        using var child = Process.GetProcessById(upstream.ProcessId!.Value);

        child.Kill();

        await Fixtures.Until(() => Task.FromResult(upstream.IsClosed && !Fixtures.IsAlive(grandchild)), "the grandchild is gone");
        File.Delete(file);
    }

    [Theory]
    [InlineData("no-such-program-anywhere")]
    [InlineData("/no/such/program")]
    public async Task A_missing_program_is_a_failure_to_connect(string command)
    {
        await using var upstream = Open(new StdioOptions { Command = command });

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Connect(default))).Kind.ShouldBe(UpstreamFailure.Connect);
    }

    [Fact]
    public async Task A_program_that_does_not_speak_is_stopped_after_the_connect_timeout()
    {
        await using var upstream = Open(new StdioOptions { Command = "sleep", Arguments = ["60"], ConnectTimeout = TimeSpan.FromSeconds(1), StopGrace = TimeSpan.FromMilliseconds(300) });

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Connect(default))).Kind.ShouldBe(UpstreamFailure.Timeout);

        Fixtures.IsAlive(upstream.ProcessId!.Value).ShouldBeFalse();
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    [InlineData("both")]
    public async Task The_shared_fixture_is_spoken_with_in_every_era(string era)
    {
        var script = Fixtures.SharedServer();
        await using var upstream = Open(new StdioOptions { Command = "node", Arguments = [script, "--stdio", "--era", era, "--page-size", "7"] });

        (await upstream.Connect(default)).Version.IsModern.ShouldBe(era != "legacy");
        (await CatalogLister.ReadAll(upstream, CatalogKind.Tools, new CatalogListLimits(), default)).Select(tool => tool.Key).ShouldContain("test_simple_text");
        var progress = 0;
        using var answer = await upstream.Send(
            Fixtures.Call("bb_progress", "{\"n\":200}", ",\"_meta\":{\"progressToken\":\"t\"}") with
            {
                OnNotification = (message, _) =>
                {
                    Encoding.UTF8.GetString(message.Span).ShouldContain($"\"progressToken\":\"t\",\"progress\":{++progress},");
                    return ValueTask.CompletedTask;
                },
            },
            default);

        answer.IsError.ShouldBeFalse();
        progress.ShouldBe(200);
    }

    private static StdioUpstream Open(StdioOptions options) => new(options, Fixtures.Client, TimeProvider.System);
}
