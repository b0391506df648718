using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class UpstreamSlotTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly FakeConnections _connections = new();
    private readonly ManualTime _time = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Many_calls_at_once_start_a_server_once_and_none_of_them_can_stop_it_for_the_others()
    {
        _connections.OnConnect = _ => _gate.Task;
        var slot = Slot();
        using var cancel = new CancellationTokenSource();
        var first = slot.Get(cancel.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => slot.Get(CancellationToken.None).AsTask()).ToList();

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        _gate.SetResult();

        (await Task.WhenAll(others)).ShouldAllBe(lease => lease != null);
        _connections.Made.Count.ShouldBe(1);
        slot.Status.ShouldBe(UpstreamStatus.Connected);
    }

    [Fact]
    public async Task A_retired_connection_stays_open_until_its_last_user_is_done()
    {
        var slot = Slot();
        var lease = (await slot.Get(CancellationToken.None)).ShouldNotBeNull();

        slot.Retire();
        (await slot.Get(CancellationToken.None)).ShouldBeNull();
        _connections.Made.Single().Closed.IsCompleted.ShouldBeFalse();

        lease.Dispose();
        await _connections.Made.Single().Closed.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_connection_that_comes_up_after_its_slot_was_retired_and_left_is_closed()
    {
        _connections.OnConnect = _ => _gate.Task;
        var slot = Slot();
        using var cancel = new CancellationTokenSource();
        var user = slot.Get(cancel.Token).AsTask();
        await Started();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(user);

        slot.Retire();
        _gate.SetResult();

        await _connections.Made.Single().Closed.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_connection_that_comes_up_after_the_gateway_stopped_is_closed_although_somebody_waits()
    {
        _connections.OnConnect = _ => _gate.Task;
        var slot = Slot();
        var user = slot.Get(CancellationToken.None).AsTask();
        await Started();

        await slot.Abort();
        _gate.SetResult();

        await _connections.Made.Single().Closed.WaitAsync(Deadline);
        await Should.ThrowAsync<CallFailureException>(user);
    }

    [Fact]
    public async Task A_broken_connection_is_closed_and_made_anew()
    {
        var slot = Slot();
        (await slot.Get(CancellationToken.None))!.Value.Dispose();
        _connections.Made.Single().IsClosed = true;

        using var lease = (await slot.Get(CancellationToken.None)).ShouldNotBeNull();

        lease.Connection.ShouldBeSameAs(_connections.Made[1]);
        await _connections.Made[0].Closed.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_tried_again_after_growing_pauses_and_forgiven_when_it_works()
    {
        _connections.OnConnect = _ => throw new UpstreamException(UpstreamFailure.Connect, "It is away.");
        var slot = Slot();
        await Fails(slot);
        await Fails(slot);
        _connections.Made.Count.ShouldBe(2);

        await Fails(slot);
        _connections.Made.Count.ShouldBe(2, "a quick refusal");
        slot.Status.ShouldBe(UpstreamStatus.Failed);

        _time.Advance(TimeSpan.FromMilliseconds(201));
        await Fails(slot);
        _connections.Made.Count.ShouldBe(3);
        _time.Advance(TimeSpan.FromMilliseconds(201));
        await Fails(slot);
        _connections.Made.Count.ShouldBe(3, "the pause has doubled");

        _time.Advance(TimeSpan.FromSeconds(10));
        _connections.OnConnect = _ => Task.CompletedTask;
        (await slot.Get(CancellationToken.None)).ShouldNotBeNull();
        slot.Status.ShouldBe(UpstreamStatus.Connected);
    }

    [Fact]
    public async Task A_handshake_that_never_ends_is_given_up_after_the_start_timeout_and_what_was_started_is_closed()
    {
        _connections.OnConnect = token => Task.Delay(Timeout.Infinite, token);
        var slot = Slot(TimeSpan.FromMilliseconds(50));

        (await Should.ThrowAsync<CallFailureException>(async () => await slot.Get(CancellationToken.None))).Failure.Kind.ShouldBe(FailureKind.Timeout);

        await _connections.Made.Single().Closed.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_slot_is_idle_only_while_nobody_uses_it()
    {
        var slot = Slot();
        var lease = (await slot.Get(CancellationToken.None)).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromHours(1));
        slot.IdleFor.ShouldBe(TimeSpan.Zero);

        lease.Dispose();
        _time.Advance(TimeSpan.FromMinutes(5));
        slot.IdleFor.ShouldBe(TimeSpan.FromMinutes(5));
    }

    private static async Task Fails(UpstreamSlot slot) =>
        (await Should.ThrowAsync<CallFailureException>(async () => await slot.Get(CancellationToken.None))).Failure.Kind.ShouldBe(FailureKind.Connect);

    private async Task Started()
    {
        for (var i = 0; i < 500 && _connections.Made.Count == 0; i++)
        {
            await Task.Delay(10);
        }

        _connections.Made.Count.ShouldBe(1);
    }

    private UpstreamSlot Slot(TimeSpan? startTimeout = null) => new(
        new UpstreamKey(Guid.NewGuid(), Guid.NewGuid(), "hash"),
        new ServerConnection("http", "http://127.0.0.1:1/mcp", null, true, [], []),
        _connections,
        startTimeout ?? TimeSpan.FromSeconds(30),
        _time);
}
