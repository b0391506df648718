using McpPlatform.Tracing.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Tracing;

public sealed class StoredCallTests
{
    [Fact]
    public void The_day_is_the_UTC_day_of_the_start()
    {
        var call = StoredCall.Of(CallRecords.At(new DateTimeOffset(2026, 11, 20, 23, 30, 0, TimeSpan.FromHours(-5))));

        call.Day.ShouldBe(new DateOnly(2026, 11, 21));
        call.StartedAt.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Times_are_kept_to_the_microsecond() =>
        StoredCall.Of(CallRecords.At(CallRecords.Noon.AddTicks(19))).StartedAt.ShouldBe(CallRecords.Noon.AddTicks(10));

    [Fact]
    public void A_clock_that_is_wrong_is_moved_to_where_the_database_has_a_calendar()
    {
        StoredCall.Of(CallRecords.At(DateTimeOffset.MinValue)).StartedAt.ShouldBe(StoredCall.Earliest);
        StoredCall.Of(CallRecords.At(DateTimeOffset.MaxValue)).StartedAt.ShouldBe(StoredCall.Latest);
    }

    [Fact]
    public void Fields_are_made_to_fit_their_columns()
    {
        var call = StoredCall.Of(CallRecords.At(CallRecords.Noon) with
        {
            Subject = null!,
            Tool = new string('t', 1000),
            Result = new string('r', 100_000),
            Arguments = null,
            DurationMicroseconds = -5,
            ResponseBytes = long.MinValue,
        });

        call.Subject.ShouldBe("");
        call.Tool.Length.ShouldBe(StoredCall.MaxNameLength);
        call.Result!.Length.ShouldBe(StoredCall.MaxPayloadLength);
        call.Arguments.ShouldBeNull();
        (call.DurationMicroseconds, call.ResponseBytes).ShouldBe((0, 0));
    }
}
