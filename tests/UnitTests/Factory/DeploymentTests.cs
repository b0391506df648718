using McpPlatform.Factory.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Factory;

public sealed class DeploymentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_way_to_running_leaves_all_conditions_true()
    {
        var deployment = Running();

        deployment.State.ShouldBe(DeploymentState.Running);
        deployment.ObservedGeneration.ShouldBe(1);
        deployment.Conditions.ShouldAllBe(c => c.Status);
        deployment.Conditions.Select(c => c.Type).ShouldBe(["Accepted", "Available", "Verified", "Registered"], ignoreOrder: true);
    }

    [Fact]
    public void A_restart_raises_the_generation_and_forgets_failures()
    {
        var deployment = Running();
        deployment.Retry(DeploymentState.Queued, "ProcessEnded", "It ended.", TimeSpan.FromMinutes(1), Now);

        deployment.Restart(deployment.PackId, "Wished.", Now);

        deployment.Generation.ShouldBe(2);
        deployment.ObservedGeneration.ShouldBe(1);
        deployment.Attempt.ShouldBe(0);
        deployment.NextAttemptAt.ShouldBe(Now);
    }

    [Fact]
    public void What_leaves_cannot_be_restarted_and_leaves_once()
    {
        var deployment = Running();
        deployment.Remove(Now);
        deployment.Remove(Now);
        deployment.Restart(deployment.PackId, "Wished.", Now);

        deployment.State.ShouldBe(DeploymentState.Stopping);
        deployment.Generation.ShouldBe(2);

        deployment.Left(Now);
        deployment.Remove(Now);
        deployment.State.ShouldBe(DeploymentState.Deleted);
    }

    [Fact]
    public void A_failed_step_waits_and_says_why()
    {
        var deployment = New();
        deployment.Planned("sealed", Now);
        deployment.Starting(Now);

        deployment.Retry(DeploymentState.Queued, "StartFailed", "It ended with code 3.", TimeSpan.FromSeconds(4), Now);

        deployment.Attempt.ShouldBe(1);
        deployment.NextAttemptAt.ShouldBe(Now.AddSeconds(4));
        deployment.Conditions.Single(c => c.Type == "Available").Reason.ShouldBe("StartFailed");
    }

    [Fact]
    public void A_condition_keeps_the_time_since_when_it_holds()
    {
        var deployment = Running();
        deployment.Registered(Guid.NewGuid(), Now.AddMinutes(5));

        deployment.Conditions.Single(c => c.Type == "Registered").LastTransition.ShouldBe(Now);
    }

    [Fact]
    public void Every_change_is_a_revision()
    {
        var deployment = New();
        var before = deployment.Revision;

        deployment.Planned("sealed", Now);

        deployment.Revision.ShouldBeGreaterThan(before);
    }

    private static Deployment New() => new(Guid.NewGuid(), Guid.NewGuid(), "echo", Guid.NewGuid(), LandingZone.LocalName, Now);

    private static Deployment Running()
    {
        var deployment = New();
        deployment.Planned("sealed", Now);
        deployment.Starting(Now);
        deployment.Started(1, 2, Now);
        deployment.Verified(Now);
        deployment.Registered(Guid.NewGuid(), Now);
        return deployment;
    }
}
