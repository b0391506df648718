using System.Diagnostics;
using System.Net;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What happens on streams when a server dies, falls silent or floods, and when a client does not read: each call ends as the protocol says, and nobody else notices.</summary>
public abstract class StreamFaultScenarios(SharedPlatform shared) : IAsyncLifetime
{
    /// <summary>With as many pieces a flood is larger than all buffers on the way, and smaller than what one answer may take.</summary>
    private const int Pieces = 500;

    private readonly string _slug = $"f{Guid.NewGuid():n}"[..12];
    private readonly string _piece = new('x', 64 * 1024);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Steps _steps = null!;
    private WireUpstream _upstream = null!;

    public async ValueTask InitializeAsync()
    {
        _steps = await shared.Get();
        _upstream = await WireUpstream.Start(isModern: false);
        _upstream.Tool("note", static _ => Task.FromResult("""{"content":[]}"""));
        _upstream.Tool("die", static async call =>
        {
            await call.Progress(1);
            await Until.True(() => Task.FromResult(call.Stream.Waiting == 0), TimeSpan.FromSeconds(10));

            // What is written is on its way, and then the connection is gone.
            await Task.Delay(100);
            call.Http.Abort();
            return await call.Hang();
        });
        _upstream.Tool("wait", async call =>
        {
            await call.Progress(1);
            await _release.Task.WaitAsync(call.Gone);
            return """{"content":[]}""";
        });
        _upstream.Tool("silent", static async call =>
        {
            await call.Progress(1);
            return await call.Hang();
        });
        _upstream.Tool("flood", async call =>
        {
            for (var i = 1; i <= Pieces; i++)
            {
                await call.Progress(i, $",\"message\":\"{_piece}\"");
            }

            return """{"content":[]}""";
        });
        await _steps.Register(_slug, new { transport = "http", url = _upstream.Address, timeouts = new { idle_ms = 4000 } });
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _steps.Admin.Delete($"/api/v1/servers/{_slug}");
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData(WireClient.Legacy)]
    [InlineData(WireClient.Modern)]
    public async Task A_server_that_dies_in_the_middle_of_a_call_fails_that_call_alone(string version)
    {
        using var client = await Client(version).Open();
        await using var other = await client.Call("wait", id: "\"other\"", meta: "\"progressToken\":1");
        await other.First("notifications/progress");

        await using var call = await client.Call("die", id: "\"dying\"", meta: "\"progressToken\":2");
        (await call.First("notifications/progress")).Params!["progressToken"]!.GetValue<int>().ShouldBe(2);
        var answer = await call.Answer();

        (answer.Id, answer.ErrorCode, Data(answer, "code"), Data(answer, "stopped")).ShouldBe(("\"dying\"", -31004, "upstream.closed", "committed"));
        (await call.All()).ShouldBeEmpty("a request has one answer");
        _release.SetResult();
        (await other.Answer()).Result.ToJsonString().ShouldContain("content");
        await using var after = await client.Call("note", id: "\"after\"");
        (await after.Answer()).Result.ToJsonString().ShouldContain("content");
        _upstream.Calls("die").Count.ShouldBe(1, "what began to answer is not asked again");
    }

    [Theory]
    [InlineData(WireClient.Legacy)]
    [InlineData(WireClient.Modern)]
    public async Task A_server_that_falls_silent_is_cancelled_and_its_client_told_which_time_ran_out(string version)
    {
        using var client = await Client(version).Open();

        await using var call = await client.Call("silent", id: "\"s\"", meta: "\"progressToken\":1");
        await call.First("notifications/progress");
        var answer = await call.Answer();

        (answer.Id, answer.ErrorCode, Data(answer, "code"), Data(answer, "timer")).ShouldBe(("\"s\"", -31005, "upstream.timeout", "idle"));
        await _upstream.Calls("silent").Single().Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(WireClient.Legacy)]
    [InlineData(WireClient.Modern)]
    public async Task A_flood_waits_for_a_client_that_does_not_read_and_arrives_whole_and_in_order(string version)
    {
        using var client = await Client(version).Open();
        using var polite = await Client(version).Open();
        var before = GatewayUse.Of(_steps.Platform.GatewayProcesses[0]).ResidentBytes;

        await using var call = await client.Call("flood", meta: "\"progressToken\":1");
        var stream = _upstream.Calls("flood").Single().Stream;
        await Until.True(() => Steady(stream), TimeSpan.FromSeconds(15), () => $"{stream.Waiting} pieces wait.");

        stream.Waiting.ShouldBeGreaterThan(Pieces / 3, "the server is not read on when nobody takes what it sends");
        (GatewayUse.Of(_steps.Platform.GatewayProcesses[0]).ResidentBytes - before).ShouldBeLessThan(64 << 20);
        var watch = Stopwatch.StartNew();
        await using (var note = await polite.Call("note"))
        {
            (await note.Answer()).Result.ToJsonString().ShouldContain("content");
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        var all = await call.All();
        all.Take(Pieces).Select(message => message.Params!["progress"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, Pieces));
        all[^1].Result.ToJsonString().ShouldContain("content");
        all.Count.ShouldBe(Pieces + 1);
    }

    [Fact]
    public async Task A_call_that_waits_for_its_client_leaves_its_place_to_others_and_takes_one_again_when_it_goes_on()
    {
        _upstream.Tool("ask", static async call => $$"""{"content":[],"structuredContent":{{await call.Ask("q", "elicitation/create", """{"message":"?","requestedSchema":{"type":"object","properties":{}}}""")}} }""");
        var narrow = $"{_slug}n";
        await _steps.Register(narrow, new { transport = "http", url = _upstream.Address, max_concurrency = 1, timeouts = new { idle_ms = 30_000 } });
        try
        {
            // A held call is where it began; so are the places.
            var endpoint = new Uri(_steps.Platform.Gateways[0], $"/mcp/servers/{narrow}");
            using var client = new WireClient(endpoint, _steps.Platform.AdminKey, WireClient.Modern, """{"elicitation":{"form":{}}}""");
            await using var asked = await client.Call("ask");
            var state = (await asked.Answer()).Result["requestState"]!.ToJsonString();
            var again = "\"requestState\":" + state + ",\"inputResponses\":{\"q1\":{\"action\":\"accept\",\"content\":{}}},";

            await using (var other = await client.Call("note", id: "2"))
            {
                (await other.Answer()).Result.ToJsonString().ShouldContain("content", customMessage: "the only place is free while people think");
            }

            await using var busy = await client.Call("wait", id: "3", meta: "\"progressToken\":1");
            await busy.First("notifications/progress");
            await using (var crowded = await client.Call("ask", id: "4", more: again, headers: ("X-Mcpp-Timeouts", "total_ms=500")))
            {
                (await crowded.Answer()).Json["error"]!["data"]!["code"]!.GetValue<string>().ShouldBe("concurrency_limited");
            }

            _release.SetResult();
            (await busy.Answer()).Result.ToJsonString().ShouldContain("content");
            await using var answered = await client.Call("ask", id: "5", more: again);
            (await answered.Answer()).Result["structuredContent"]!["action"]!.GetValue<string>().ShouldBe("accept", "it waited on, whatever its round was refused for");
        }
        finally
        {
            await _steps.Admin.Delete($"/api/v1/servers/{narrow}");
        }
    }

    /// <summary>Nothing is taken for a second.</summary>
    private static async Task<bool> Steady(WireStream stream)
    {
        var waiting = stream.Waiting;
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        return stream.IsOpen && stream.Waiting == waiting;
    }

    private static string? Data(WireMessage answer, string member) => answer.Json["error"]?["data"]?[member]?.GetValue<string>();

    private WireClient Client(string version) => new(new Uri(_steps.Platform.Address, $"/mcp/servers/{_slug}"), _steps.Platform.AdminKey, version);
}
