using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.State;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class InstancePlacesTests : ISlotOwner
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly FakeConnections _connections = new();
    private readonly ManualTime _time = new();
    private InstancePlaces _places = null!;
    private TimeSpan _patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Over_the_limit_of_a_server_the_process_that_was_idle_longest_makes_room()
    {
        _places = new InstancePlaces(new InstanceLimits(2, 10, 10), _time);
        var server = Guid.NewGuid();
        var (one, other, third) = (Slot(server), Slot(server), Slot(server));
        await Use(one);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Use(other);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Use(one);

        await Use(third);

        (one.Connected is null, other.Connected is null, third.Connected is null).ShouldBe((false, true, false));
        await _connections.Made[1].Closed.WaitAsync(Deadline);
        (_places.Evicted, _places.Taken.Count).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData(1, 9, 9, "The server runs 1 processes, as many as it may (option Gateway__MaxInstancesPerServer), and all of them are busy.")]
    [InlineData(9, 1, 9, "The tenant's servers run 1 processes, as many as they may (option Gateway__MaxInstancesPerTenant), and all of them are busy.")]
    [InlineData(9, 9, 1, "The gateway runs 1 processes, as many as it may (option Gateway__MaxInstances), and all of them are busy.")]
    public async Task While_all_are_busy_a_call_waits_and_is_then_told_which_limit_it_was(int perServer, int perTenant, int inAll, string expected)
    {
        _places = new InstancePlaces(new InstanceLimits(perServer, perTenant, inAll), TimeProvider.System);
        _patience = TimeSpan.FromMilliseconds(50);
        var server = Guid.NewGuid();
        var busy = (await Slot(server).Get(CancellationToken.None)).ShouldNotBeNull();
        var slot = Slot(server);

        var refused = (await Should.ThrowAsync<CallFailureException>(async () => await slot.Get(CancellationToken.None))).Failure;

        (refused.Kind, refused.Message, refused.RetryAfter).ShouldBe((FailureKind.InstanceLimit, expected, TimeSpan.FromSeconds(1)));
        (_connections.Made.Count, _places.Waiting, _places.Refused).ShouldBe((1, 0, 1));
        slot.Status.ShouldBe(UpstreamStatus.Idle, "it is no failure of the server");
        busy.Dispose();
        await Use(slot);
    }

    [Fact]
    public async Task Who_waits_gets_the_place_of_the_first_that_becomes_idle_and_others_wait_on()
    {
        _places = new InstancePlaces(new InstanceLimits(1, 10, 10), _time);
        var server = Guid.NewGuid();
        var first = (await Slot(server).Get(CancellationToken.None)).ShouldNotBeNull();
        var waiting = Slot(server).Get(CancellationToken.None).AsTask();
        await Until(() => _places.Waiting == 1);
        var last = Slot(server).Get(CancellationToken.None).AsTask();
        await Until(() => _places.Waiting == 2);

        first.Dispose();

        (await waiting.WaitAsync(Deadline)).ShouldNotBeNull();
        (last.IsCompleted, _connections.Made.Count).ShouldBe((false, 2));
        (await waiting)!.Value.Dispose();
        (await last.WaitAsync(Deadline)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Another_server_is_not_in_the_way_of_a_full_one_and_does_not_wait_behind_it()
    {
        _places = new InstancePlaces(new InstanceLimits(1, 10, 10), _time);
        var server = Guid.NewGuid();
        using var busy = (await Slot(server).Get(CancellationToken.None)).ShouldNotBeNull();
        var waiting = Slot(server).Get(CancellationToken.None).AsTask();
        await Until(() => _places.Waiting == 1);

        await Use(Slot(Guid.NewGuid()));

        waiting.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Of_the_limits_of_a_server_and_of_the_gateway_the_smaller_one_holds()
    {
        _places = new InstancePlaces(new InstanceLimits(2, 10, 10), TimeProvider.System);
        _patience = TimeSpan.FromMilliseconds(50);
        var server = Guid.NewGuid();
        using var busy = (await Slot(server, maxInstances: 1).Get(CancellationToken.None)).ShouldNotBeNull();

        var refused = await Should.ThrowAsync<CallFailureException>(async () => await Slot(server, maxInstances: 1).Get(CancellationToken.None));

        refused.Message.ShouldContain("max_instances of the server");
        using var second = (await Slot(server, maxInstances: 5).Get(CancellationToken.None)).ShouldNotBeNull();
        (await Should.ThrowAsync<CallFailureException>(async () => await Slot(server, maxInstances: 5).Get(CancellationToken.None))).Message.ShouldContain("Gateway__MaxInstancesPerServer");
    }

    [Fact]
    public async Task Many_calls_for_one_process_take_one_place()
    {
        _places = new InstancePlaces(new InstanceLimits(1, 1, 1), _time);
        var slot = Slot(Guid.NewGuid());

        var leases = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => slot.Get(CancellationToken.None).AsTask())).WaitAsync(Deadline);

        leases.ShouldAllBe(lease => lease != null);
        (_connections.Made.Count, _places.Taken.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_place_is_free_again_when_the_start_failed_and_when_what_was_started_broke()
    {
        _places = new InstancePlaces(new InstanceLimits(1, 1, 1), _time);
        _connections.OnConnect = _ => throw new McpPlatform.Mcp.Upstream.UpstreamException(McpPlatform.Mcp.Upstream.UpstreamFailure.Connect, "away");
        await Should.ThrowAsync<CallFailureException>(async () => await Slot(Guid.NewGuid()).Get(CancellationToken.None));
        await _places.WhenEmpty().WaitAsync(Deadline);
        _connections.OnConnect = _ => Task.CompletedTask;
        var slot = Slot(Guid.NewGuid());
        await Use(slot);
        _connections.Made[^1].IsClosed = true;

        slot.DropBroken().ShouldBeTrue();

        await _places.WhenEmpty().WaitAsync(Deadline);
        slot.DropBroken().ShouldBeFalse();
        await Use(slot);
    }

    [Fact]
    public async Task A_gateway_that_stops_starts_nothing_more_and_tells_those_who_wait()
    {
        _places = new InstancePlaces(new InstanceLimits(1, 1, 1), _time);
        var server = Guid.NewGuid();
        using var busy = (await Slot(server).Get(CancellationToken.None)).ShouldNotBeNull();
        var waiting = Slot(server).Get(CancellationToken.None).AsTask();
        await Until(() => _places.Waiting == 1);

        _places.Close();

        (await Should.ThrowAsync<CallFailureException>(waiting)).Failure.Kind.ShouldBe(FailureKind.Closed);
        (await Should.ThrowAsync<CallFailureException>(async () => await Slot(server).Get(CancellationToken.None))).Failure.Kind.ShouldBe(FailureKind.Closed);
        _connections.Made.Count.ShouldBe(1);
    }

    Task<InstancePlace> ISlotOwner.Enter(UpstreamSlot slot) => _places.Take(slot, _patience);

    void ISlotOwner.Left(UpstreamSlot slot) => _places.LookAgain();

    void ISlotOwner.Closed(UpstreamSlot slot, NewConnection connection)
    {
        // Nothing to be kept.
    }

    private static async Task Use(UpstreamSlot slot) => (await slot.Get(CancellationToken.None).AsTask().WaitAsync(Deadline)).ShouldNotBeNull().Dispose();

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        condition().ShouldBeTrue();
    }

    private UpstreamSlot Slot(Guid server, int? maxInstances = null) => new(
        new UpstreamKey(Tenant, server, "hash", new UpstreamPart(ProcessScope.Principal, Guid.Empty, $"{Guid.NewGuid()}")),
        new ServerConnection("stdio", null, "any", false, [], [], Process: new ServerProcess("principal", null, maxInstances)),
        _connections,
        TimeSpan.FromSeconds(30),
        _time,
        owner: this);
}
