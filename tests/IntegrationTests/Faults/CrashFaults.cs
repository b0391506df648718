using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>Processes die or stand still under load. Calls go on, nothing acknowledged is lost or doubled, and all of it comes back by itself.</summary>
[Collection<Crashes>]
public sealed class CrashFaults(CrashingPlatform faulty)
{
    [Theory]
    [InlineData("policy")]
    [InlineData("registry")]
    [InlineData("factory")]
    [InlineData("tracing")]
    [InlineData("rabbitmq")]
    [InlineData("postgres")]
    public async Task Calls_do_not_notice_that_a_part_of_the_control_plane_is_killed(string part)
    {
        var seen = await faulty.Break(async load =>
        {
            await faulty.Platform.Crash(part);
            await load.MoreCalls(100);
        });

        seen.Failed.ShouldBeEmpty();
        seen.Retried.ShouldBe(0, "no call met the gap");
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("gateway-2")]
    public async Task A_killed_gateway_costs_a_client_with_a_second_one_a_retry_at_most(string gateway)
    {
        var seen = await faulty.Break(async load =>
        {
            await faulty.Platform.Crash(gateway);
            await load.MoreCalls(100);
        });

        seen.Failed.ShouldBeEmpty();
    }

    [Fact]
    public async Task Any_order_of_starting_works()
    {
        // The seed is in the output of a failing test.
        var seed = Random.Shared.Next();
        string[] parts = [.. faulty.Platform.GatewayParts, .. DistributedPlatform.Services];
        new Random(seed).Shuffle(parts);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {string.Join(", ", parts)}");
        await faulty.Platform.Kill();

        foreach (var part in parts)
        {
            faulty.Platform.Release(part);
            await Task.Delay(TimeSpan.FromMilliseconds(700), TestContext.Current.CancellationToken);
        }

        await faulty.Platform.WaitUntilHealthy();
        var seen = await faulty.Break(_ => Task.CompletedTask);
        seen.Failed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_broker_that_stands_still_for_20_seconds_delays_records_and_nothing_else()
    {
        var seen = await faulty.Break(async load =>
        {
            var broker = $"{faulty.Platform.ProcessOf("rabbitmq")}";
            await Shell.Run("kill", "-STOP", broker);
            await Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            await load.MoreCalls(100);
            await Shell.Run("kill", "-CONT", broker);
        });

        seen.Failed.ShouldBeEmpty();
        seen.Retried.ShouldBe(0);
    }
}
