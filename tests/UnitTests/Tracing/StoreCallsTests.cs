using McpPlatform.Tracing.Application;
using McpPlatform.Tracing.Application.Batches;
using McpPlatform.Tracing.Application.Retention;
using McpPlatform.Tracing.Domain;
using McpPlatform.UnitTests.Gateway;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Tracing;

public sealed class StoreCallsTests
{
    private static readonly RecordRetention Month = new(TimeSpan.FromDays(30));

    private readonly ManualTime _clock = new(CallRecords.Noon);
    private readonly FakeDays _days = new();
    private readonly FakeStore _store = new();

    [Fact]
    public async Task Only_days_that_are_kept_are_opened_but_every_record_is_stored()
    {
        var handler = new StoreCallsHandler(_store, _days, Month, _clock);

        var result = await handler.Handle(
            new StoreCalls([CallRecords.At(CallRecords.Noon), CallRecords.At(CallRecords.Noon.AddDays(-2)), CallRecords.At(CallRecords.Noon.AddYears(-3))]),
            TestContext.Current.CancellationToken);

        result.Value.ShouldBe(new StoredBatch(Stored: 3, OutsideDays: 1));
        _days.Opened.ShouldBe([new DateOnly(2026, 11, 20), new DateOnly(2026, 11, 18)], ignoreOrder: true);
    }

    [Fact]
    public async Task The_retention_moves_with_the_clock()
    {
        var handler = new DropExpiredDaysHandler(_days, Month, _clock);

        await handler.Handle(new DropExpiredDays(), TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromDays(2));
        await handler.Handle(new DropExpiredDays(), TestContext.Current.CancellationToken);

        _days.DroppedBefore.ShouldBe([new DateOnly(2026, 10, 21), new DateOnly(2026, 10, 23)]);
    }

    [Fact]
    public void A_batch_with_a_record_that_is_missing_is_refused() =>
        new StoreCallsValidator().Validate(new StoreCalls([CallRecords.At(CallRecords.Noon), null!])).IsValid.ShouldBeFalse();

    private sealed class FakeDays : ICallPartitions
    {
        public List<DateOnly> Opened { get; } = [];

        public List<DateOnly> DroppedBefore { get; } = [];

        public Task Ensure(IReadOnlyCollection<DateOnly> days, CancellationToken cancellationToken)
        {
            Opened.AddRange(days);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<string>> DropBefore(DateOnly day, CancellationToken cancellationToken)
        {
            DroppedBefore.Add(day);
            return Task.FromResult<IReadOnlyList<string>>([]);
        }
    }

    private sealed class FakeStore : ICallStore
    {
        public Task<int> Add(IReadOnlyList<StoredCall> calls, CancellationToken cancellationToken) => Task.FromResult(calls.Count);

        public Task<IReadOnlyList<Guid>> Committed(IReadOnlyList<Guid> eventIds, CancellationToken cancellationToken) => Task.FromResult(eventIds);
    }
}
