using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Intents;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.PolicyEngine;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Intents;

/// <summary>When a call that one candidate did not answer may go to another: never when it could run twice.</summary>
public sealed class ElsewhereTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(FailureKind.Connect, false, false, true)]
    [InlineData(FailureKind.BreakerOpen, false, false, true)]
    [InlineData(FailureKind.InstanceLimit, false, false, true)]
    [InlineData(FailureKind.LauncherUnknown, false, false, true)]
    [InlineData(FailureKind.RateLimited, false, false, true)]
    [InlineData(FailureKind.Closed, true, false, false)]
    [InlineData(FailureKind.Closed, true, true, true)]
    [InlineData(FailureKind.Unavailable, true, false, false)]
    [InlineData(FailureKind.Unavailable, true, true, true)]
    [InlineData(FailureKind.Protocol, true, true, false)]
    [InlineData(FailureKind.TooLarge, true, true, false)]
    public void A_failure_goes_elsewhere_when_nothing_was_sent_or_once_more_does_no_harm(FailureKind kind, bool mayHaveRun, bool repeatable, bool goes)
    {
        var failure = new AttemptFailure(new CallFailure(kind, mayHaveRun, "It failed."), StopReason.Permanent, 1);

        Elsewhere.MayGo(Call(repeatable), CallRefusal.Upstream(failure), AttemptRules.Default).ShouldBe(goes);
    }

    [Fact]
    public void What_went_to_the_caller_already_is_never_followed_by_another_answer()
    {
        var failure = new AttemptFailure(new CallFailure(FailureKind.Closed, true, "It failed."), StopReason.Committed, 1);

        Elsewhere.MayGo(Call(repeatable: true), CallRefusal.Upstream(failure), AttemptRules.Default).ShouldBeFalse();
    }

    [Fact]
    public void A_refusal_that_is_about_the_caller_or_the_gateway_is_final_and_one_about_the_candidate_is_not()
    {
        var call = Call(repeatable: true);

        Elsewhere.MayGo(call, CallRefusal.PolicyDenied, AttemptRules.Default).ShouldBeTrue();
        Elsewhere.MayGo(call, CallRefusal.Unknown(TargetKind.Tool, ProtocolEra.Legacy, null, isHidden: false), AttemptRules.Default).ShouldBeTrue();
        Elsewhere.MayGo(call, CallRefusal.PolicyStale, AttemptRules.Default).ShouldBeFalse();
        Elsewhere.MayGo(call, CallRefusal.Stopping, AttemptRules.Default).ShouldBeFalse();
        Elsewhere.MayGo(call, CallRefusal.OutOfScope("tools:call"), AttemptRules.Default).ShouldBeFalse();
    }

    private ToolCall Call(bool repeatable)
    {
        var store = new GatewayStateStore(new SnapshotFiles(_folder.File("snapshots"), _time), new RecordingObserver(), _time);
        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(1)));
        var hints = repeatable ? """{"name":"run","annotations":{"readOnlyHint":true}}""" : """{"name":"run"}""";
        var server = Snapshots.Server("a", "run");
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(1, server with { Tools = [server.Tools[0] with { Definition = System.Text.Json.JsonDocument.Parse(hints).RootElement }] })));
        var route = store.Current.Registry.RoutesOf(server.TenantId).Servers["a"];
        return new ToolCall
        {
            State = store.Current,
            Caller = store.Current.Policy.Keys.Values.Single(),
            Credential = Snapshots.Key,
            Server = "a",
            Message = EnvelopeParser.Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"run"}}"""u8.ToArray()).Envelope!,
            ProtocolVersion = ProtocolVersion.LatestLegacy,
            RequestId = "r",
            StartedAt = _time.GetUtcNow(),
            StartedTimestamp = _time.GetTimestamp(),
            Route = route,
            Tool = route.ByName["run"],
        };
    }
}
