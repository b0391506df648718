using System.Diagnostics;
using McpPlatform.Gateway.Telemetry;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Telemetry;

public sealed class StageTimesTests
{
    private const long Frequency = 1_000_000_000;

    [Fact]
    public void Stages_add_up_to_the_whole_whatever_their_order()
    {
        var times = new CallTimes(startedAt: 1000, authenticating: 1010, authenticated: 1030, now: 1070);
        times.Enter(CallStage.Queue, 1100);
        times.Enter(CallStage.Upstream, 1200);
        times.Enter(CallStage.Shape, 2000);
        times.Enter(CallStage.Record, 2001);
        times.Enter(CallStage.Shape, 2011);
        times.Enter(CallStage.Write, 2013);
        times.End(2050);

        Enum.GetValues<CallStage>().Select(stage => times[stage]).ShouldBe([50, 20, 30, 100, 800, 3, 10, 37]);
        times.Total.ShouldBe(2050 - 1000);
    }

    [Fact]
    public void Random_calls_add_up_to_the_tick()
    {
        var random = new Random(7);
        for (var i = 0; i < 1000; i++)
        {
            var (started, now) = (random.NextInt64(1L << 40), 0L);
            var (authenticating, authenticated) = (started + random.Next(1000), started + 1000 + random.Next(1000));
            var times = new CallTimes(started, authenticating, authenticated, now = authenticated + random.Next(1000));
            for (var step = random.Next(20); step > 0; step--)
            {
                times.Enter((CallStage)random.Next(CallStages.Count), now += random.Next(1_000_000));
            }

            times.End(now += random.Next(1000));

            times.Total.ShouldBe(now - started);
        }
    }

    [Fact]
    public void Every_call_is_counted_once_at_each_stage_and_the_overhead_is_all_but_the_upstream()
    {
        var stages = new StageTimes(Frequency);
        Parallel.For(0, 10_000, i =>
        {
            var times = new CallTimes(0, 0, 0, 2000);
            times.Enter(CallStage.Upstream, 3000);
            times.End(3000 + 5_000_000);
            stages.Record(times);
        });

        Enum.GetValues<CallStage>().ShouldAllBe(stage => stages.Read(stage).Count == 10_000);
        stages.Read(CallStage.Parse).Sum.ShouldBe(10_000 * 2e-6, 1e-9);
        stages.Read(CallStage.Decide).Sum.ShouldBe(10_000 * 1e-6, 1e-9);
        stages.Read(CallStage.Upstream).Sum.ShouldBe(10_000 * 5e-3, 1e-9);
        (stages.Read(null).Sum, stages.Read(null).Count).ShouldBe((10_000 * 3e-6, 10_000), new Close());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    [InlineData(2500, 1)]
    [InlineData(2501, 2)]
    [InlineData(999_999, 9)]
    [InlineData(1_000_001, 10)]
    [InlineData(60_000_000_000, 23)]
    [InlineData(60_000_000_001, 24)]
    [InlineData(long.MaxValue / 2, 24)]
    public void A_value_is_in_the_first_bucket_whose_bound_it_does_not_exceed(long nanoseconds, int bucket)
    {
        var stages = new StageTimes(Frequency);
        var times = new CallTimes(0, 0, 0, 0);
        times.Enter(CallStage.Upstream, 0);
        times.End(nanoseconds);
        stages.Record(times);

        var buckets = stages.Read(CallStage.Upstream).Buckets;

        buckets.ShouldBe(Enumerable.Range(0, StageTimes.Bounds.Count).Select(i => i >= bucket ? 1L : 0L));
    }

    [Fact]
    public void Counting_a_call_makes_no_object()
    {
        var stages = new StageTimes(Stopwatch.Frequency);
        var times = new CallTimes(0, 1, 2, 3);
        stages.Record(times);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            stages.Record(times);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private sealed class Close : IEqualityComparer<(double Sum, long Count)>
    {
        public bool Equals((double Sum, long Count) x, (double Sum, long Count) y) => Math.Abs(x.Sum - y.Sum) < 1e-9 && x.Count == y.Count;

        public int GetHashCode((double Sum, long Count) obj) => obj.Count.GetHashCode();
    }
}
