using McpPlatform.Tracing.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Tracing;

public sealed class RecordRetentionTests
{
    private static readonly RecordRetention Month = new(TimeSpan.FromDays(30));

    [Theory]
    [InlineData("2026-10-21", true)]
    [InlineData("2026-10-20", false)]
    [InlineData("2026-11-20", true)]
    [InlineData("2026-11-21", true)]
    [InlineData("2026-11-22", false)]
    [InlineData("0001-01-01", false)]
    public void Days_that_are_kept_and_tomorrow_have_partitions(string day, bool expected) =>
        Month.HasPartition(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), CallRecords.Noon).ShouldBe(expected);

    [Fact]
    public void No_day_is_dropped_of_which_something_is_kept()
    {
        // At noon, the afternoon of the 30th day back is not yet older than the retention.
        Month.OldestDay(CallRecords.Noon).ShouldBe(new DateOnly(2026, 10, 21));
        Month.HasPartition(Month.OldestDay(CallRecords.Noon), CallRecords.Noon).ShouldBeTrue("a batch must not reopen what the next round drops");
    }

    [Fact]
    public void Today_and_tomorrow_are_opened_ahead() =>
        RecordRetention.Ahead(CallRecords.Noon).ShouldBe([new DateOnly(2026, 11, 20), new DateOnly(2026, 11, 21)]);
}
