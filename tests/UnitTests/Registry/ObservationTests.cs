using McpPlatform.Registry.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry;

public sealed class ObservationTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(5);

    private readonly Observation _seen = new();

    [Fact]
    public void A_declared_capability_with_an_empty_list_is_unhealthy()
    {
        _seen.Answered("2025-11-25", "server 1", toolsDeclared: true, toolCount: 0, "hash", "", s_now);

        _seen.Health.ShouldBe(ServerHealth.Unhealthy);
        _seen.Message.ShouldNotBeEmpty();
    }

    [Fact]
    public void No_tools_and_none_declared_is_healthy()
    {
        _seen.Answered("2025-11-25", "server 1", toolsDeclared: false, toolCount: 0, "hash", "", s_now);

        _seen.Health.ShouldBe(ServerHealth.Healthy);
    }

    [Fact]
    public void A_failure_keeps_what_the_last_good_look_found()
    {
        _seen.Answered("2025-11-25", "server 1", toolsDeclared: true, toolCount: 3, "hash", "", s_now);

        _seen.Failed("timeout: no answer", s_now);

        (_seen.Health, _seen.ToolCount, _seen.CatalogHash).ShouldBe((ServerHealth.Unhealthy, 3, "hash"));
    }

    [Fact]
    public void A_healthy_server_is_looked_at_again_after_the_interval_give_or_take_a_tenth()
    {
        _seen.Answered("2025-11-25", "server 1", toolsDeclared: true, toolCount: 3, "hash", "", s_now);

        foreach (var random in (double[])[0, 0.5, 1])
        {
            _seen.PlanNext(s_now, s_interval, random);
            (_seen.DueAt - s_now).ShouldBeInRange(s_interval * 0.9, s_interval * 1.1);
        }
    }

    [Fact]
    public void A_failing_one_sooner_at_first_and_never_later_than_the_interval()
    {
        _seen.Failed("x", s_now);
        _seen.PlanNext(s_now, s_interval, 0.5);
        (_seen.DueAt - s_now).ShouldBe(TimeSpan.FromSeconds(5));

        for (var i = 0; i < 100; i++)
        {
            _seen.Failed("x", s_now);
        }

        _seen.PlanNext(s_now, s_interval, 0.5);
        (_seen.DueAt - s_now).ShouldBe(s_interval);
    }
}
