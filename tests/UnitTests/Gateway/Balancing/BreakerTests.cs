using McpPlatform.Gateway.Balancing;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Balancing;

public sealed class BreakerTests
{
    private static readonly BreakerRules Rules = BreakerRules.Default;

    private readonly FakeTime _time = new();
    private readonly Breaker _breaker = new();

    [Fact]
    public void Five_failures_in_a_row_open_it_and_four_do_not()
    {
        Fail(4).ShouldBeFalse();
        _breaker.TryEnter(Rules, _time).ShouldBeTrue();

        Fail(1).ShouldBeTrue("it tells when it opens");

        (_breaker.State, _breaker.TryEnter(Rules, _time)).ShouldBe((BreakerState.Open, false));
    }

    [Fact]
    public void A_success_starts_the_count_anew()
    {
        Fail(4);
        _breaker.Succeeded();

        Fail(4);

        _breaker.State.ShouldBe(BreakerState.Closed);
    }

    [Fact]
    public void When_its_time_is_over_exactly_one_call_may_try()
    {
        Fail(5);
        _time.Advance(Rules.OpenFor);

        var passed = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (_breaker.TryEnter(Rules, _time))
            {
                Interlocked.Increment(ref passed);
            }
        });

        (passed, _breaker.State).ShouldBe((1, BreakerState.HalfOpen));
    }

    [Fact]
    public void A_call_that_tries_and_succeeds_closes_it()
    {
        Fail(5);
        _time.Advance(Rules.OpenFor);
        _breaker.TryEnter(Rules, _time);

        _breaker.Succeeded().ShouldBeTrue("it tells when it closes");

        (_breaker.State, _breaker.TryEnter(Rules, _time), _breaker.Failures).ShouldBe((BreakerState.Closed, true, 0));
        _breaker.Succeeded().ShouldBeFalse();
    }

    [Fact]
    public void A_call_that_tries_and_fails_opens_it_for_twice_as_long_up_to_a_minute()
    {
        Fail(5);
        foreach (var seconds in (int[])[5, 10, 20, 40, 60, 60])
        {
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            _breaker.TryEnter(Rules, _time).ShouldBeFalse($"open for {seconds} s");
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _breaker.TryEnter(Rules, _time).ShouldBeTrue();
            _breaker.Failed(Rules, _time).ShouldBeTrue();
        }
    }

    [Fact]
    public void Calls_that_were_on_their_way_when_it_opened_do_not_keep_it_open()
    {
        Fail(5);
        _time.Advance(TimeSpan.FromSeconds(4));
        Fail(20).ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));

        _breaker.TryEnter(Rules, _time).ShouldBeTrue();
    }

    [Fact]
    public void A_call_that_tries_and_is_never_heard_of_again_only_delays_the_next_one()
    {
        Fail(5);
        _time.Advance(Rules.OpenFor);
        _breaker.TryEnter(Rules, _time).ShouldBeTrue();
        _breaker.TryEnter(Rules, _time).ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(10));

        _breaker.TryEnter(Rules, _time).ShouldBeTrue();
    }

    private bool Fail(int times)
    {
        var opened = false;
        for (var i = 0; i < times; i++)
        {
            opened |= _breaker.Failed(Rules, _time);
        }

        return opened;
    }
}
