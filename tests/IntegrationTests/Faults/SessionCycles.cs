using System.Diagnostics;
using System.Globalization;
using System.Net;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>
/// Clients come and go again and again, in every way in which they go, and nothing of them stays: at the gateway, at the servers, in the operating system. <c>MCPP_TEST_CYCLES</c> sets how
/// often; 10000 take minutes.
/// </summary>
[Collection(nameof(OneFaultAtATime))]
public sealed class SessionCycles(CyclingPlatform cycling) : IClassFixture<CyclingPlatform>
{
    private const int AtOnce = 8;
    private const string CanBeAsked = """{"elicitation":{"form":{}}}""";

    private static readonly int Cycles = int.Parse(Environment.GetEnvironmentVariable("MCPP_TEST_CYCLES") ?? "480", CultureInfo.InvariantCulture);

    private readonly StandalonePlatform _platform = cycling.Platform;
    private readonly Steps _steps = cycling.Steps;
    private readonly WireUpstream _legacy = cycling.Legacy;
    private readonly WireUpstream _modern = cycling.Modern;
    private readonly string _run = cycling.Run;

    [Fact]
    public async Task Nothing_is_left_of_sessions_streams_and_calls_whatever_way_they_ended()
    {
        // What is made once, and kept: connections that callers share, code, the first of every pool.
        await Run(5 * AtOnce);
        var (before, memory) = (await Settled(), GatewayUse.Of(_platform.ProcessId).ResidentBytes);
        var watch = Stopwatch.StartNew();

        await Run(Cycles);

        var took = watch.Elapsed;
        GatewayTraces? after = null;
        await Until.True(async () => (after = await Now()).IsBackTo(before), TimeSpan.FromSeconds(60), () => $"Something stays.\nbefore: {before}\nafter:  {after}\n{_platform.Logs[^Math.Min(4000, _platform.Logs.Length)..]}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{Cycles} cycles in {took.TotalSeconds:0} s, settled after {(watch.Elapsed - took).TotalSeconds:0} s; resident {memory >> 20} MB before, {GatewayUse.Of(_platform.ProcessId).ResidentBytes >> 20} MB after\nbefore: {before}\nafter:  {after}");
        _legacy.Violations.Concat(_modern.Violations).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sessions_with_processes_of_their_own_leave_none()
    {
        async Task Cycle(int way)
        {
            using var client = await Client("own").Open();
            await using (var call = await client.Call("who"))
            {
                (await call.Answer()).Result.ToJsonString().ShouldContain("\"text\"");
            }

            if (way % 3 != 2)
            {
                (await client.End()).ShouldBe(HttpStatusCode.NoContent);
            }
        }

        await Parallel.ForAsync(0, 4, async (way, _) => await Cycle(way));
        await Until.True(() => Task.FromResult(RunningProcesses.With(_run).Count == 0), TimeSpan.FromSeconds(30), () => "Processes of ended sessions run.");
        var before = await Settled();

        await Parallel.ForAsync(0, Math.Max(24, Cycles / 20), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (way, _) => await Cycle(way));

        await Until.True(() => Task.FromResult(RunningProcesses.With(_run).Count == 0), TimeSpan.FromSeconds(30), () => "Processes of ended sessions run.");
        GatewayTraces? after = null;
        await Until.True(async () => (after = await Now()).IsBackTo(before), TimeSpan.FromSeconds(30), () => $"before: {before}\nafter:  {after}");
    }

    [Fact]
    public async Task Open_streams_do_not_keep_calls_from_their_server()
    {
        const int Many = 300;
        var clients = new List<WireClient>();
        var streams = new List<WireExchange>();
        try
        {
            for (var i = 0; i < Many; i++)
            {
                var client = await Client("old").Open();
                clients.Add(client);
                streams.Add(await client.Listen());
                await using var call = await client.Call("note");
                (await call.Answer()).Result.ShouldNotBeNull();
            }

            await Until.True(() => Task.FromResult(_legacy.Streams >= Many), TimeSpan.FromSeconds(20), () => $"{_legacy.Streams} streams at the server.");
            var watch = Stopwatch.StartNew();
            await Parallel.ForEachAsync(clients.Take(50), async (client, _) =>
            {
                await using var call = await client.Call("note", id: "2");
                (await call.Answer()).Result.ShouldNotBeNull();
            });
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        }
        finally
        {
            streams.ForEach(stream => _ = stream.DisposeAsync().AsTask());
            clients.ForEach(client => client.Dispose());
        }
    }

    private async Task Run(int cycles) =>
        await Parallel.ForAsync(0, cycles, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (way, _) =>
        {
            try
            {
                await Cycle(way);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Way {way % 12}: {failure.Message}", failure);
            }
        });

    private async Task Cycle(int way)
    {
        switch (way % 12)
        {
            case 0 or 1:
                await CallAndEnd("old");
                break;
            case 2:
                await CallAndEnd("new");
                break;
            case 3:
                await StreamAndEnd(leaveFirst: false);
                break;
            case 4:
                await StreamAndEnd(leaveFirst: true);
                break;
            case 5:
                await EndInTheMiddle("old");
                break;
            case 6:
                await EndInTheMiddle("new");
                break;
            case 7:
                await Vanish();
                break;
            case 8:
                await HoldAndAnswer();
                break;
            case 9:
                await HoldAndVanish();
                break;
            case 10:
                await Subscribe();
                break;
            default:
                await Transport(way % 24 == 11 ? "ws" : "sse");
                break;
        }
    }

    private async Task CallAndEnd(string server)
    {
        using var client = await Client(server).Open();
        await using var call = await client.Call("note");
        (await call.Answer()).Result.ShouldNotBeNull();
        (await client.End()).ShouldBe(HttpStatusCode.NoContent);
    }

    private async Task StreamAndEnd(bool leaveFirst)
    {
        using var client = await Client("old").Open();
        await using var stream = await client.Listen();
        stream.Status.ShouldBe(HttpStatusCode.OK);
        await using (var call = await client.Call("note"))
        {
            (await call.Answer()).Result.ShouldNotBeNull();
        }

        if (leaveFirst)
        {
            await stream.DisposeAsync();
        }

        (await client.End()).ShouldBe(HttpStatusCode.NoContent);
    }

    /// <summary>The session ends while its call runs.</summary>
    private async Task EndInTheMiddle(string server)
    {
        using var client = await Client(server).Open();
        await using var call = await client.Call("hang", meta: "\"progressToken\":1");
        await call.First("notifications/progress");
        (await client.End()).ShouldBe(HttpStatusCode.NoContent);
        (await call.All()).ShouldAllBe(message => !message.IsAnswer);
    }

    /// <summary>No goodbye: the session is idle from now on, and ends by itself.</summary>
    private async Task Vanish()
    {
        using var client = await Client("old").Open();
        var stream = await client.Listen();
        await using (var call = await client.Call("note"))
        {
            (await call.Answer()).Result.ShouldNotBeNull();
        }

        await stream.DisposeAsync();
    }

    private async Task HoldAndAnswer()
    {
        using var client = Client("old", WireClient.Modern, CanBeAsked);
        var state = await Hold(client);
        var again = "\"requestState\":" + state + ",\"inputResponses\":{\"q1\":{\"action\":\"accept\",\"content\":{}}},";
        await using var answered = await client.Call("ask", more: again);
        (await answered.Answer()).Result["structuredContent"]!["action"]!.GetValue<string>().ShouldBe("accept");
    }

    private async Task HoldAndVanish()
    {
        using var client = Client("old", WireClient.Modern, CanBeAsked);
        await Hold(client);
    }

    private static async Task<string> Hold(WireClient client)
    {
        await using var asked = await client.Call("ask");
        var result = (await asked.Answer()).Result;
        result["resultType"]!.GetValue<string>().ShouldBe("input_required");
        return result["requestState"]!.ToJsonString();
    }

    private async Task Subscribe()
    {
        using var client = Client("new", WireClient.Modern);
        await using var listening = await client.Send("subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"a:b\"]}");
        await listening.First("notifications/subscriptions/acknowledged");
    }

    private async Task Transport(string transport)
    {
        await using var wire = await MessageWire.Open(transport, _platform.Address, "old", _platform.AdminKey);
        await wire.Send("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""");
        await wire.Answer(1);
        await wire.Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await wire.Send("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"note","arguments":{}}}""");
        (await wire.Answer(2))["result"].ShouldNotBeNull();
    }

    private WireClient Client(string server, string version = WireClient.Legacy, string capabilities = "{}") =>
        new(new Uri(_platform.Address, $"/mcp/servers/{server}"), _platform.AdminKey, version, capabilities);

    private Task<GatewayTraces> Now() => GatewayTraces.Of(_steps.Admin, _platform.ProcessId, _legacy, _modern);

    /// <summary>Once nothing changes any more.</summary>
    private async Task<GatewayTraces> Settled()
    {
        var (last, since) = (await Now(), Stopwatch.StartNew());
        await Until.True(
            async () =>
            {
                var now = await Now();
                if (now with { Handles = 0 } != last with { Handles = 0 })
                {
                    (last, since) = (now, Stopwatch.StartNew());
                }

                return since.Elapsed > TimeSpan.FromSeconds(4) && now is { Sessions: 0, Held: 0, InFlight: 0 };
            },
            TimeSpan.FromSeconds(60),
            () => $"It does not come to rest: {last}");
        return last;
    }
}
