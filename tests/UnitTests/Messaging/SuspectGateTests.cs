using McpPlatform.Messaging;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Messaging;

public sealed class SuspectGateTests
{
    private static readonly Guid First = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Second = new("00000000-0000-0000-0000-000000000002");

    private readonly SuspectGate _gate = new(TimeProvider.System);

    [Fact]
    public void New_messages_go_side_by_side()
    {
        Enter(First, 0).IsCompletedSuccessfully.ShouldBeTrue();
        Enter(Second, 0).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Messages_that_come_again_go_alone_and_each_round_the_other_way_round(long redeliveries, bool secondFirst)
    {
        var one = Enter(First, redeliveries);
        var two = Enter(Second, redeliveries);
        var fresh = Enter(Guid.NewGuid(), 0);
        var (leader, follower) = secondFirst ? (two, one) : (one, two);

        using (await leader.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken))
        {
            follower.IsCompleted.ShouldBeFalse();
            fresh.IsCompleted.ShouldBeFalse();
        }

        (await follower.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Dispose();
        await fresh.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Who_came_less_often_goes_first()
    {
        var often = Enter(First, 3);
        var once = Enter(Second, 1);

        (await once.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Dispose();
        (await often.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task One_that_gives_up_waiting_holds_up_nobody()
    {
        using var impatient = new CancellationTokenSource();
        var leaves = _gate.Enter(First, 1, impatient.Token);
        var stays = Enter(Second, 1);

        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => leaves);
        (await stays.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Dispose();
    }

    private Task<IDisposable> Enter(Guid message, long redeliveries) => _gate.Enter(message, redeliveries, TestContext.Current.CancellationToken);
}
