using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Caching;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Caching;

public sealed class FlightTests : IAsyncDisposable
{
    private readonly CacheScene _scene = new(CacheBounds.Default with { MaxFollowers = 60 });
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FlightTests()
    {
        _scene.UseServers(new ServerCache(["look"], 60_000, "tenant"));
        _scene.Answer = async (_, n, token) =>
        {
            try
            {
                await _go.Task.WaitAsync(token);
                return CacheScene.Text(n);
            }
            finally
            {
                _ended.TrySetResult();
            }
        };
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Fifty_callers_of_the_same_are_one_call_to_the_server()
    {
        var calls = await Waiting(50);
        _go.SetResult();
        var all = await Task.WhenAll(calls);

        all.ShouldAllBe(s => s.Text == "1");
        (_scene.Received.Count, all.Count(s => s.Use == CacheUse.Miss), all.Count(s => s.Use == CacheUse.Coalesced)).ShouldBe((1, 1, 49));
        all.Single(s => s.Use == CacheUse.Miss).Result!.ContainsKey("_meta").ShouldBeFalse();
        _scene.Cache.Statistics.ShouldSatisfyAllConditions(s => (s.Misses, s.Coalesced, s.Hits).ShouldBe((1, 49, 0)), s => s.HitRatio.ShouldBe(0.98));
        _scene.Records().Count(r => r.Cache == "coalesced").ShouldBe(49);
    }

    [Fact]
    public async Task The_first_one_leaves_and_the_others_get_the_answer_of_the_one_call()
    {
        using var leave = new CancellationTokenSource();
        var first = _scene.Call("look", token: leave.Token);
        await Until(() => _scene.Received.Count == 1);
        var others = await Waiting(3);

        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        _ended.Task.IsCompleted.ShouldBeFalse();
        _go.SetResult();

        (await Task.WhenAll(others)).ShouldAllBe(s => s.Text == "1" && s.Use == CacheUse.Coalesced);
        _scene.Received.Count.ShouldBe(1);
        _scene.Records().Count(r => r.Status == "cancelled").ShouldBe(1);
    }

    [Fact]
    public async Task When_the_last_one_leaves_the_call_is_cancelled_and_nothing_is_kept()
    {
        using var leave = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 3).Select(_ => _scene.Call("look", token: leave.Token)).ToList();
        await Until(() => _scene.Received.Count == 1);

        await leave.CancelAsync();
        foreach (var call in calls)
        {
            await Should.ThrowAsync<OperationCanceledException>(call);
        }

        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(5));
        _scene.Cache.Statistics.Entries.ShouldBe(0);
        _go.SetResult();
        (await _scene.Call("look")).Text.ShouldBe("2");
    }

    [Fact]
    public async Task A_failure_is_that_of_all_who_waited_and_of_nobody_after()
    {
        var calls = new List<Task<Seen>>();
        _scene.Answer = async (_, n, _) =>
        {
            await _go.Task;
            return n == 1 ? throw new McpPlatform.Mcp.Upstream.UpstreamException(McpPlatform.Mcp.Upstream.UpstreamFailure.TooLarge, "It failed.") : CacheScene.Text(n);
        };
        calls.AddRange(await Waiting(5));
        _go.SetResult();

        (await Task.WhenAll(calls)).ShouldAllBe(s => s.Refusal == "upstream.too_large");
        _scene.Received.Count.ShouldBe(1);
        (await _scene.Call("look")).Text.ShouldBe("2");
    }

    [Fact]
    public async Task What_is_the_first_ones_alone_is_asked_for_by_each()
    {
        _scene.Answer = async (_, n, _) =>
        {
            await _go.Task;
            var result = CacheScene.Text(n);
            result["isError"] = true;
            return result;
        };
        var calls = await Waiting(4);
        _go.SetResult();

        (await Task.WhenAll(calls)).Select(s => s.Text).ShouldBe(["1", "2", "3", "4"], ignoreOrder: true);
    }

    [Fact]
    public async Task As_soon_as_the_server_says_something_the_call_is_the_first_ones_alone()
    {
        var heard = 0;
        _scene.Answer = async (request, n, token) =>
        {
            await _go.Task;
            if (n == 1)
            {
                await request.OnNotification!("{}"u8.ToArray(), token);
            }

            return CacheScene.Text(n);
        };
        var first = _scene.Call("look", notify: (_, _) =>
        {
            heard++;
            return ValueTask.CompletedTask;
        });
        await Until(() => _scene.Received.Count == 1);
        var others = await Waiting(2);
        _go.SetResult();

        (await first).Text.ShouldBe("1");
        (await Task.WhenAll(others)).Select(s => s.Text).ShouldBe(["2", "3"], ignoreOrder: true);
        heard.ShouldBe(1);
        _scene.Received.Count.ShouldBe(3, "and what the first one got is not kept");
    }

    [Fact]
    public async Task One_with_a_time_of_its_own_waits_for_nobody_and_takes_what_is_kept()
    {
        var calls = await Waiting(2);
        var hurried = _scene.Call("look", timers: new RequestTimers(null, null, null, null, TimeSpan.FromSeconds(1)));
        await Until(() => _scene.Received.Count == 2);
        _go.SetResult();
        await Task.WhenAll([.. calls, hurried]);

        (await _scene.Call("look", timers: new RequestTimers(null, null, null, null, TimeSpan.FromSeconds(1)))).Use.ShouldBe(CacheUse.Hit);
    }

    [Fact]
    public async Task More_than_may_wait_go_themselves()
    {
        var calls = await Waiting(63);
        await Until(() => _scene.Received.Count == 3);
        _go.SetResult();

        (await Task.WhenAll(calls)).Count(s => s.Use == CacheUse.Coalesced).ShouldBe(60);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        condition().ShouldBeTrue();
    }

    /// <summary>Callers that wait; all have got as far as they can.</summary>
    private async Task<List<Task<Seen>>> Waiting(int count)
    {
        var calls = Enumerable.Range(0, count).Select(_ => _scene.Call("look")).ToList();
        await Until(() => !_scene.Received.IsEmpty);
        return calls;
    }
}
