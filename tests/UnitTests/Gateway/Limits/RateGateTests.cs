using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Limits;

public sealed class RateGateTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_gate_says_how_much_is_left_and_when_there_is_more()
    {
        var gate = Gate(10, 3);

        gate.TryTake(_time, out var first).ShouldBeTrue();
        first.Left.ShouldBe(2);
        Taken(gate).ShouldBe(2);
        gate.TryTake(_time, out var refused).ShouldBeFalse();
        (refused.Left, refused.RetryAfter).ShouldBe((0, TimeSpan.FromMilliseconds(100)));
        gate.Asked.ShouldBe(1 + 12 + 1, "refusals are asked for as well");
    }

    [Fact]
    public void A_share_of_a_limit_is_that_part_of_its_rate_and_its_burst()
    {
        var gate = Gate(100, 20);
        gate.Share(0.25, _time);

        Taken(gate).ShouldBe(5);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Taken(gate).ShouldBe(5, "25 a second");
    }

    [Fact]
    public void A_larger_share_gives_nothing_at_once()
    {
        var gate = Gate(100, 20);
        gate.Share(0.25, _time);
        Taken(gate).ShouldBe(5);

        gate.Share(1, _time);

        Taken(gate).ShouldBe(0);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Taken(gate).ShouldBe(10);
    }

    [Fact]
    public void Another_limit_holds_at_once_and_what_is_left_stays()
    {
        var gate = Gate(100, 200);
        Taken(gate, 150).ShouldBe(150);

        gate.Set(new RateLimit(1, 30), _time);

        Taken(gate).ShouldBe(30);
        gate.TryTake(_time, out var refused).ShouldBeFalse();
        refused.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Even_the_smallest_share_lets_a_call_through_now_and_then()
    {
        var gate = Gate(0.5, 1);
        gate.Share(0.5, _time);

        Taken(gate).ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(4));
        Taken(gate).ShouldBe(1);
    }

    [Fact]
    public void A_limit_that_begins_to_be_used_starts_with_an_even_share_and_is_announced_once()
    {
        var shares = new LimitShares(isAlone: false, _time) { Even = 0.5 };
        var gate = Gate(100, 200);
        var begun = 0;
        shares.Begun += () => begun++;

        Enumerable.Range(0, 300).Count(_ => shares.TryTake(gate, out var _)).ShouldBe(100);

        (begun, shares.TryNext(out var next), shares.TryNext(out _)).ShouldBe((1, true, false));
        next.ShouldBeSameAs(gate);
    }

    [Fact]
    public void A_gateway_that_is_alone_has_all_of_every_limit()
    {
        var shares = new LimitShares(isAlone: true, _time) { Even = 0.5 };
        var gate = Gate(100, 200);

        Enumerable.Range(0, 300).Count(_ => shares.TryTake(gate, out var _)).ShouldBe(200);

        shares.TryNext(out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(100, 200, "\"key\";q=200;w=2", "200")]
    [InlineData(100, 1, "\"key\";q=100;w=1", "100")]
    [InlineData(0.5, 1, "\"key\";q=1;w=2", "1")]
    [InlineData(2, 3, "\"key\";q=4;w=2", "4")]
    public void A_policy_is_the_quota_of_the_shortest_window_that_holds_the_burst(double rate, int burst, string policy, string quota)
    {
        var text = LimitText.Of(LimitKind.Key, new RateLimit(rate, burst));

        (text.Policy, text.Quota).ShouldBe((policy, quota));
    }

    [Fact]
    public void What_is_left_is_spelled_once_and_rounded_down_where_there_are_many()
    {
        var small = LimitText.Of(LimitKind.Tool, new RateLimit(10, 20));
        var large = LimitText.Of(LimitKind.Tool, new RateLimit(1000, 100_000));

        small.At(5).ShouldBe(new LeftText("\"tool\";r=5;t=2", "5", "2"));
        small.At(5).ShouldBeSameAs(small.At(5));
        int.Parse(large.At(99_999).Remaining, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(99_500, 99_999);
        large.At(0).RateLimit.ShouldBe("\"tool\";r=0;t=100");
    }

    private static RateGate Gate(double rate, int burst) => new("key:1", LimitKind.Key, new RateLimit(rate, burst));

    private int Taken(RateGate gate, int asked = 0) => Enumerable.Range(0, asked > 0 ? asked : gate.Terms.Limit.Burst + 9).Count(_ => gate.TryTake(_time, out var _));
}
