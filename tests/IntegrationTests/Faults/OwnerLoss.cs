using System.Diagnostics;
using System.Net;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>The gateway that owns sessions and held calls is killed: whoever has them learns it from the other one, in time, and goes on there.</summary>
[Collection<Crashes>]
public sealed class OwnerLoss(CrashingPlatform faulty) : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly Steps _steps = faulty.Steps;
    private WireUpstream _upstream = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await WireUpstream.Start(isModern: false);
        _upstream.Tool("note", static _ => Task.FromResult("""{"content":[]}"""));
        _upstream.Tool("hang", static async call =>
        {
            await call.Progress(1);
            return await call.Hang();
        });
        _upstream.Tool("ask", static async call => $$"""{"content":[],"structuredContent":{{await call.Ask("q", "elicitation/create", """{"message":"?","requestedSchema":{"type":"object","properties":{}}}""")}} }""");
        await _steps.RegisterHttp("old", _upstream.Address);
    }

    /// <summary>Whatever became of the test: the next one finds two gateways and no server of this one.</summary>
    public async ValueTask DisposeAsync()
    {
        faulty.Platform.Release("gateway-2");
        await faulty.Platform.WaitUntilHealthy();
        await _steps.Admin.Delete("/api/v1/servers/old");
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Its_sessions_are_404_at_the_other_one_its_held_calls_are_refused_and_clients_begin_anew()
    {
        var platform = (DistributedPlatform)_steps.Platform;
        var (here, there) = (At(0), At(1));
        using var owner = await Client(there).Open();
        using var throughOther = owner.At(here);
        await using var news = await throughOther.Listen();
        news.Status.ShouldBe(HttpStatusCode.OK);
        await using var running = await throughOther.Call("hang", id: "\"r\"", meta: "\"progressToken\":1");
        await running.First("notifications/progress");
        using var modern = new WireClient(there, platform.AdminKey, WireClient.Modern, """{"elicitation":{"form":{}}}""");
        await using var asked = await modern.Call("ask");
        var state = (await asked.Answer()).Result["requestState"]!.ToJsonString();

        using var plainHere = new ApiClient(_steps.Platform.Gateways[0], platform.AdminKey);
        using var plainThere = new ApiClient(_steps.Platform.Gateways[1], platform.AdminKey);
        var plain = (await plainThere.Post("/v1/mcp/clients", new { server = "old" })).Expect(HttpStatusCode.Created).Headers["Location"];
        (await plainHere.Post($"{plain}/execute", new { tool = "note" })).Expect(HttpStatusCode.OK);

        await platform.Hold("gateway-2");

        // What went by way of the other gateway breaks there as well, without a word that would pass for an answer.
        await Breaks(running);
        await Breaks(news);
        var watch = Stopwatch.StartNew();
        foreach (var send in (Func<Task<WireExchange>>[])[() => throughOther.Call("note", id: "2"), () => throughOther.Listen(), () => throughOther.Go(HttpMethod.Delete, null, [])])
        {
            await using var gone = await send();
            gone.Status.ShouldBe(HttpStatusCode.NotFound);
        }

        (await plainHere.Post($"{plain}/execute", new { tool = "note" })).ErrorCode.ShouldBe("clients.not_found");
        using var modernHere = modern.At(here);
        await using (var held = await modernHere.Call("ask", more: "\"requestState\":" + state + ",\"inputResponses\":{\"q1\":{\"action\":\"accept\",\"content\":{}}},"))
        {
            var refused = await held.Answer();
            (refused.ErrorCode, refused.Json["error"]!["data"]!["code"]!.GetValue<string>()).ShouldBe((-32602, "request_state.unusable"));
        }

        watch.Elapsed.ShouldBeLessThan(Soon * 4);
        using var anew = await Client(here).Open();
        await using (var call = await anew.Call("note"))
        {
            (await call.Answer()).Result.ToJsonString().ShouldContain("content");
        }

        platform.Release("gateway-2");
        await platform.WaitUntilHealthy();
        await using var still = await owner.Call("note", id: "3");
        still.Status.ShouldBe(HttpStatusCode.NotFound, "who comes back at that address has none of its predecessor's sessions");
        (await plainThere.Get(plain)).ErrorCode.ShouldBe("clients.not_found");
        await using var other = await anew.At(there).Call("note", id: "4");
        (await other.Answer()).Result.ToJsonString().ShouldContain("content", customMessage: "and passes on what belongs to others");
    }

    private static async Task Breaks(WireExchange exchange)
    {
        try
        {
            (await exchange.All().WaitAsync(Soon, TestContext.Current.CancellationToken)).ShouldAllBe(message => !message.IsAnswer);
        }
        catch (IOException)
        {
            // The connection is gone in the middle of the stream: that is what a killed process looks like.
        }
    }

    private Uri At(int gateway) => new(_steps.Platform.Gateways[gateway], "/mcp/servers/old");

    private WireClient Client(Uri endpoint) => new(endpoint, _steps.Platform.AdminKey, WireClient.Legacy);
}
