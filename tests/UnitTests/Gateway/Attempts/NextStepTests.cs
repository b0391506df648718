using McpPlatform.Gateway.Attempts;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Attempts;

/// <summary>The whole table: what failed × where it stood × whether it may be repeated × what else there is.</summary>
public sealed class NextStepTests
{
    private static readonly CallFailure[] Failures =
    [
        new(FailureKind.Connect, false, "connect"),
        new(FailureKind.Connect, false, "connect in time") { Timer = AttemptTimer.Connect },
        Timeout(AttemptTimer.Connect, false), Timeout(AttemptTimer.Headers, true), Timeout(AttemptTimer.FirstByte, true), Timeout(AttemptTimer.Idle, true), Timeout(AttemptTimer.Total, true),
        new(FailureKind.Closed, false, "closed before sending"), new(FailureKind.Closed, true, "closed"),
        new(FailureKind.Unavailable, true, "503"), new(FailureKind.RateLimited, false, "429"), new(FailureKind.Unauthorized, false, "401"),
        new(FailureKind.HttpStatus, true, "400"), new(FailureKind.HttpStatus, false, "404"), new(FailureKind.EgressDenied, false, "egress"),
        new(FailureKind.Protocol, true, "protocol"), new(FailureKind.TooLarge, true, "large"),
        new(FailureKind.LauncherUnknown, false, "launcher"), new(FailureKind.CredentialUnreadable, false, "credential"),
        new(FailureKind.InstanceLimit, false, "instances"), new(FailureKind.LauncherNotShareable, false, "not shareable"),
    ];

    public static TheoryData<int, bool, bool, bool, bool> Table()
    {
        var table = new TheoryData<int, bool, bool, bool, bool>();
        bool[] both = [false, true];
        for (var failure = 0; failure < Failures.Length; failure++)
        {
            foreach (var committed in both)
            {
                foreach (var repeatable in both)
                {
                    foreach (var endpoint in both)
                    {
                        foreach (var credential in both)
                        {
                            table.Add(failure, committed, repeatable, endpoint, credential);
                        }
                    }
                }
            }
        }

        return table;
    }

    [Theory, MemberData(nameof(Table))]
    public void Every_failure_in_every_situation_has_its_step(int failure, bool committed, bool repeatable, bool endpoint, bool credential)
    {
        var at = Situation(Failures[failure]) with { IsCommitted = committed, IsRepeatable = repeatable, HasOtherEndpoint = endpoint, HasOtherCredential = credential };

        NextStep.After(at, AttemptRules.Default, new RetryBudget()).ShouldSatisfyAllConditions(
            step => step.Kind.ShouldBe(Expected(at).Kind, at.Failure.Message),
            step => step.Reason.ShouldBe(Expected(at).Reason, at.Failure.Message),
            step => (step.Pause > TimeSpan.Zero).ShouldBe(step.Kind == StepKind.Retry));
    }

    [Theory, MemberData(nameof(Table))]
    public void Nothing_is_sent_again_that_may_have_run_unless_that_does_no_harm(int failure, bool committed, bool repeatable, bool endpoint, bool credential)
    {
        var at = Situation(Failures[failure]) with { IsCommitted = committed, IsRepeatable = repeatable, HasOtherEndpoint = endpoint, HasOtherCredential = credential };
        var mayNot = committed || (at.Failure.MayHaveRun && !repeatable);

        if (mayNot)
        {
            NextStep.After(at, AttemptRules.Default, new RetryBudget()).Kind.ShouldBe(StepKind.Stop);
        }
    }

    [Fact]
    public void The_last_attempt_is_the_last_one_whatever_is_left()
    {
        var at = Situation(Failures[0]) with { Attempts = 3, HasOtherEndpoint = true, HasOtherCredential = true };

        NextStep.After(at, AttemptRules.Default, new RetryBudget()).Reason.ShouldBe(StopReason.Attempts);
    }

    [Fact]
    public void A_retry_waits_at_least_as_long_as_the_server_asks_and_not_at_all_when_that_is_too_long()
    {
        var at = Situation(new CallFailure(FailureKind.RateLimited, false, "429") { RetryAfter = TimeSpan.FromSeconds(7) });
        NextStep.After(at, AttemptRules.Default, new RetryBudget()).Pause.ShouldBe(TimeSpan.FromSeconds(7));

        var tooLong = Situation(at.Failure with { RetryAfter = TimeSpan.FromSeconds(31) });
        NextStep.After(tooLong, AttemptRules.Default, new RetryBudget()).Reason.ShouldBe(StopReason.RetryAfter);

        NextStep.After(at with { TimeLeft = TimeSpan.FromSeconds(6) }, AttemptRules.Default, new RetryBudget()).Reason.ShouldBe(StopReason.Total);
    }

    [Theory]
    [InlineData(1, 0.0, 50), InlineData(1, 1.0, 100), InlineData(2, 0.0, 100), InlineData(2, 1.0, 200), InlineData(3, 1.0, 400), InlineData(9, 1.0, 2000), InlineData(99, 0.0, 1000)]
    public void Pauses_double_up_to_a_bound_and_vary(int attempts, double random, int milliseconds) =>
        AttemptRules.Default.Pause(attempts, random).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void Retries_are_a_tenth_of_the_requests_after_the_first_ten()
    {
        var budget = new RetryBudget();
        var retries = 0;
        for (var request = 0; request < 1000; request++)
        {
            budget.Earn();
            retries += NextStep.After(Situation(Failures[0]), AttemptRules.Default, budget).Kind == StepKind.Retry ? 1 : 0;
        }

        retries.ShouldBeInRange(100, 111);
        NextStep.After(Situation(Failures[0]), AttemptRules.Default, budget).Reason.ShouldBe(StopReason.RetryBudget);
    }

    [Fact]
    public void Going_elsewhere_is_free_when_nothing_ran_and_paid_when_it_may_have()
    {
        var budget = new RetryBudget();
        while (budget.TrySpend())
        {
        }

        NextStep.After(Situation(Failures[0]) with { HasOtherEndpoint = true }, AttemptRules.Default, budget).Kind.ShouldBe(StepKind.FailOver);
        NextStep.After(Situation(new(FailureKind.Closed, true, "closed")) with { HasOtherEndpoint = true, IsRepeatable = true }, AttemptRules.Default, budget)
            .Reason.ShouldBe(StopReason.RetryBudget);
    }

    private static CallFailure Timeout(AttemptTimer timer, bool mayHaveRun) => new(FailureKind.Timeout, mayHaveRun, $"timeout {timer}") { Timer = timer };

    private static Situation Situation(CallFailure failure) => new(failure, false, false, 1, 3, false, false, TimeSpan.FromMinutes(10), 0.5);

    /// <summary>The same rule, said another way: by list instead of by order.</summary>
    private static Step Expected(Situation at)
    {
        if (at.IsCommitted)
        {
            return Step.Stop(StopReason.Committed);
        }

        if (at.Failure.Kind == FailureKind.InstanceLimit)
        {
            return Step.Stop(StopReason.NoEndpoint);
        }

        var hopeless = at.Failure.Kind is FailureKind.Protocol or FailureKind.TooLarge or FailureKind.LauncherUnknown or FailureKind.CredentialUnreadable or FailureKind.LauncherNotShareable
            || at.Failure.Timer == AttemptTimer.Total
            || (at.Failure.Kind is FailureKind.EgressDenied or FailureKind.HttpStatus && !at.HasOtherEndpoint)
            || (at.Failure.Kind == FailureKind.Unauthorized && !at.HasOtherEndpoint && !at.HasOtherCredential);
        if (hopeless)
        {
            return Step.Stop(StopReason.Permanent);
        }

        if (at.Failure.MayHaveRun && !at.IsRepeatable)
        {
            return Step.Stop(StopReason.NotRepeatable);
        }

        return at.HasOtherCredential && at.Failure.Kind is FailureKind.Unauthorized or FailureKind.RateLimited && at.HasOtherCredential ? Step.Rotate
            : at.HasOtherEndpoint ? Step.FailOver
            : Step.Retry(TimeSpan.FromMilliseconds(75));
    }
}
