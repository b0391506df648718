using McpPlatform.Persistence;
using McpPlatform.UnitTests.Gateway;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Persistence;

public sealed class WaitingKeysTests
{
    private static readonly Guid Key = Guid.CreateVersion7();

    private readonly FakeTime _time = new();

    [Fact]
    public void A_key_waits_twice_as_long_each_time_but_no_longer_than_thirty_seconds()
    {
        var waiting = new WaitingKeys(_time);

        Enumerable.Range(0, 7).Select(_ => waiting.Add(Key).TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 30, 30]);
    }

    [Fact]
    public void A_key_is_left_out_until_its_pause_is_over()
    {
        var waiting = new WaitingKeys(_time);
        waiting.Add(Key);

        waiting.Current().ShouldBe([Key]);
        _time.Advance(TimeSpan.FromSeconds(1));
        waiting.Current().ShouldBeEmpty();
    }

    [Fact]
    public void A_key_that_was_sent_starts_anew()
    {
        var waiting = new WaitingKeys(_time);
        waiting.Add(Key);
        waiting.Add(Key);

        waiting.Remove(Key);

        waiting.Current().ShouldBeEmpty();
        waiting.Add(Key).ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_key_that_another_replica_has_sent_is_forgotten()
    {
        var waiting = new WaitingKeys(_time);
        waiting.Add(Key);
        waiting.Add(Key);

        _time.Advance(TimeSpan.FromSeconds(33));
        waiting.Current().ShouldBeEmpty();

        waiting.Add(Key).ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void One_line_passes_in_an_interval()
    {
        var gate = new LogGate(_time, TimeSpan.FromSeconds(5));

        gate.TryPass().ShouldBeTrue();
        gate.TryPass().ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(5));
        gate.TryPass().ShouldBeTrue();
    }
}
