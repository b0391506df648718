using McpPlatform.Messaging;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Messaging;

public sealed class DeliveryTrackerTests
{
    private readonly DeliveryTracker _tracker = new(
    [
        new ConsumerRegistration("a", typeof(object), [typeof(string)], Competing: true, "a-x"),
        new ConsumerRegistration("b", typeof(object), [typeof(string)], Competing: true, "b-x"),
        new ConsumerRegistration("b", typeof(object), [typeof(string)], Competing: false, "b-y"),
    ]);

    [Fact]
    public async Task A_message_is_delivered_when_every_competing_consumer_has_committed()
    {
        var id = Guid.NewGuid();
        using var delivery = _tracker.Expect(typeof(string), id);

        delivery.Done.IsCompleted.ShouldBeFalse();
        _tracker.Committed(id, "a-x");
        delivery.Done.IsCompleted.ShouldBeFalse();
        _tracker.Committed(id, "b-x");

        await delivery.Done.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_message_that_only_broadcasts_is_delivered_at_once()
    {
        using var delivery = _tracker.Expect(typeof(int), Guid.NewGuid());

        delivery.Done.IsCompleted.ShouldBeTrue();
    }
}
