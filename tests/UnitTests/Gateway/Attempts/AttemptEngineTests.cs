using McpPlatform.Gateway.Attempts;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Attempts;

public sealed class AttemptEngineTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly FakeTime _time = new();
    private readonly Script _script = new();

    [Fact]
    public async Task A_request_that_is_answered_takes_one_attempt()
    {
        _script.Next(_ => Task.FromResult("yes"));

        (await _script.Run(_time)).Answer.ShouldBe("yes");
        _script.Log.ShouldBe(["a0", "link closed", "answered"]);
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_tried_and_the_reason_is_told()
    {
        _script.Endpoints = [];

        (await _script.Run(_time)).Failure.ShouldBe(new AttemptFailure(new(FailureKind.Connect, false, "Nowhere to go."), StopReason.NoEndpoint, 0));
    }

    [Fact]
    public async Task An_endpoint_that_fails_is_followed_by_the_next_one_at_once()
    {
        _script.Endpoints = ["a", "b"];
        _script.Fails(FailureKind.Connect);
        _script.Next(_ => Task.FromResult("yes"));

        (await _script.Run(_time)).Answer.ShouldBe("yes");
        _script.Log.ShouldBe(["a0", "link closed", "failed connect_failed", "b0", "link closed", "answered"]);
    }

    [Fact]
    public async Task A_refused_credential_is_followed_by_the_next_one_and_then_by_the_next_endpoint()
    {
        (_script.Endpoints, _script.Credentials) = (["a", "b"], 2);
        _script.Fails(FailureKind.Unauthorized);
        _script.Fails(FailureKind.Unauthorized);
        _script.Next(_ => Task.FromResult("yes"));

        (await _script.Run(_time)).Answer.ShouldBe("yes");
        _script.Log.Where(line => line.Length == 2).ShouldBe(["a0", "a1", "b0"]);
    }

    [Fact]
    public async Task A_retry_waits_on_the_clock_and_the_caller_can_end_the_wait()
    {
        using var caller = new CancellationTokenSource();
        _script.Fails(FailureKind.Connect);
        var running = _script.Run(_time, caller.Token).AsTask();
        await Until(() => _time.Waiting == 1);

        running.IsCompleted.ShouldBeFalse();
        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_retry_goes_on_after_its_pause()
    {
        _script.Fails(FailureKind.Connect);
        _script.Next(_ => Task.FromResult("yes"));
        var running = _script.Run(_time).AsTask();
        await Until(() => _time.Waiting == 1);

        _time.Advance(TimeSpan.FromMilliseconds(100));

        (await running.WaitAsync(Deadline)).Answer.ShouldBe("yes");
    }

    [Fact]
    public async Task After_something_reached_the_caller_nothing_is_tried_again()
    {
        _script.Endpoints = ["a", "b"];
        _script.Next(clock =>
        {
            clock.Commit();
            throw new CallFailureException(new CallFailure(FailureKind.Closed, true, "It broke."));
        });

        (await _script.Run(_time)).Failure!.Reason.ShouldBe(StopReason.Committed);
    }

    [Theory]
    [InlineData(ExchangePhase.Headers, 30, AttemptTimer.Headers), InlineData(ExchangePhase.FirstByte, 40, AttemptTimer.FirstByte)]
    [InlineData(ExchangePhase.Idle, 60, AttemptTimer.Idle), InlineData(ExchangePhase.Caller, 600, AttemptTimer.Total)]
    public async Task Each_phase_runs_out_of_its_own_time_and_says_so(ExchangePhase phase, int seconds, AttemptTimer timer)
    {
        _script.Timers = AttemptTimers.Default with { FirstByte = TimeSpan.FromSeconds(40) };
        _script.IsRepeatable = false;
        _script.Next(clock => Hangs(clock, phase));
        var running = _script.Run(_time).AsTask();

        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        running.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var failure = (await running.WaitAsync(Deadline)).Failure!.Failure;
        (failure.Kind, failure.Timer, failure.Limit).ShouldBe((FailureKind.Timeout, timer, TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public async Task Signs_of_life_wind_the_idle_timer_up_and_never_the_total()
    {
        _script.Timers = AttemptTimers.Default with { Idle = TimeSpan.FromSeconds(60), Total = TimeSpan.FromSeconds(100) };
        AttemptClock? seen = null;
        _script.Next(clock => Hangs(seen = clock, ExchangePhase.Idle));
        var running = _script.Run(_time).AsTask();

        _time.Advance(TimeSpan.FromSeconds(59));
        seen!.Wait(ExchangePhase.Idle);
        _time.Advance(TimeSpan.FromSeconds(40));
        running.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));

        (await running.WaitAsync(Deadline)).Failure!.Failure.Timer.ShouldBe(AttemptTimer.Total);
    }

    [Fact]
    public async Task The_total_is_that_of_all_attempts_together()
    {
        (_script.Endpoints, _script.Timers) = (["a", "b"], AttemptTimers.Default with { Total = TimeSpan.FromSeconds(45) });
        _script.Next(clock => Hangs(clock, ExchangePhase.Headers));
        _script.Next(clock => Hangs(clock, ExchangePhase.Headers));
        var running = _script.Run(_time).AsTask();

        _time.Advance(TimeSpan.FromSeconds(30));
        await Until(() => _script.Attempts.Count == 0);
        _time.Advance(TimeSpan.FromSeconds(15));

        var failed = (await running.WaitAsync(Deadline)).Failure!;
        (failed.Failure.Timer, failed.Attempts).ShouldBe((AttemptTimer.Total, 2));
    }

    [Fact]
    public async Task A_slow_start_is_waited_for_unless_the_caller_is_in_a_hurry_and_costs_no_time_to_the_first_byte()
    {
        var started = new TaskCompletionSource<FakeLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Open = token => new(started.Task.WaitAsync(token));
        _script.Next(clock => Hangs(clock, ExchangePhase.Headers));
        var running = _script.Run(_time).AsTask();
        _time.Advance(TimeSpan.FromSeconds(50));
        running.IsCompleted.ShouldBeFalse();

        started.SetResult(default);
        await Until(() => _script.Attempts.Count == 0);
        _time.Advance(TimeSpan.FromSeconds(29));
        running.IsCompleted.ShouldBeFalse();
        _script.Next(_ => Task.FromResult("yes"));
        _time.Advance(TimeSpan.FromSeconds(1));
        await Until(() => _time.Waiting == 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await running.WaitAsync(Deadline)).Answer.ShouldBe("yes");
    }

    [Fact]
    public async Task A_caller_in_a_hurry_does_not_wait_for_a_start()
    {
        _script.Timers = AttemptTimers.Default.Within(RequestTimers.None with { Connect = TimeSpan.FromMilliseconds(500) });
        _script.MaxAttempts = 1;
        _script.Open = async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return default;
        };
        var running = _script.Run(_time).AsTask();

        _time.Advance(TimeSpan.FromMilliseconds(500));

        var failure = (await running.WaitAsync(Deadline)).Failure!.Failure;
        (failure.Timer, failure.MayHaveRun).ShouldBe((AttemptTimer.Connect, false));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_caller_that_goes_ends_the_attempt_in_whatever_phase_it_is(bool opening)
    {
        using var caller = new CancellationTokenSource();
        if (opening)
        {
            _script.Open = async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return default;
            };
        }

        _script.Next(clock => Hangs(clock, ExchangePhase.Idle));
        var running = _script.Run(_time, caller.Token).AsTask();

        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running.WaitAsync(Deadline));
        _script.Log.ShouldContain("given up");
    }

    [Fact]
    public async Task What_breaks_because_the_caller_went_is_no_failure()
    {
        using var caller = new CancellationTokenSource();
        _script.Next(async _ =>
        {
            await caller.CancelAsync();
            throw new CallFailureException(new CallFailure(FailureKind.Closed, true, "It broke."));
        });

        await Should.ThrowAsync<OperationCanceledException>(async () => await _script.Run(_time, caller.Token));
    }

    [Fact]
    public async Task A_mistake_of_ours_is_thrown_and_never_tried_again()
    {
        _script.Next(_ => throw new InvalidOperationException("A bug."));

        await Should.ThrowAsync<InvalidOperationException>(async () => await _script.Run(_time));
        _script.Log.ShouldBe(["a0", "link closed", "given up"]);
    }

    private static async Task<string> Hangs(AttemptClock clock, ExchangePhase phase)
    {
        clock.Wait(phase);
        var token = clock.Token;
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(() => ended.TrySetCanceled(token));
        return await ended.Task;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        condition().ShouldBeTrue();
    }
}
