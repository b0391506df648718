using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Caching;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Caching;

/// <summary>Two gateways that share what they keep.</summary>
public sealed class SharedLevelTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly SharedShelf _shelf;
    private readonly CacheScene _one;
    private readonly CacheScene _two;

    public SharedLevelTests()
    {
        _shelf = new SharedShelf(_time);
        (_one, _two) = (new CacheScene(shared: _shelf, time: _time), new CacheScene(shared: _shelf, time: _time));
        _two.Answer = (_, n, _) => Task.FromResult(CacheScene.Text(100 + n));
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task What_one_gateway_asked_another_need_not_ask_and_keeps_for_what_is_left_of_its_time()
    {
        await _one.Call("look");
        _time.Advance(TimeSpan.FromSeconds(20));

        var first = await _two.Call("look");
        _time.Advance(TimeSpan.FromSeconds(10));
        var second = await _two.Call("look");

        (first.Text, second.Text, _two.Received.Count, _shelf.Looks).ShouldBe(("1", "1", 0, 2), "the second hit is one of its own memory");
        first.Note.ShouldBe(new CacheNote(CacheUse.Hit, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40), IsFromShared: true));
        second.Note.ShouldBe(new CacheNote(CacheUse.Hit, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)));
        _two.Cache.Statistics.ShouldSatisfyAllConditions(s => (s.Hits, s.SharedHits, s.Misses).ShouldBe((2, 1, 0)));
        _time.Advance(TimeSpan.FromSeconds(31));
        (await _two.Call("look")).Text.ShouldBe("101");
    }

    [Fact]
    public async Task Calls_of_which_nothing_is_kept_never_look()
    {
        await _one.Call("write");
        await _one.Read("kb://a");
        var looks = _shelf.Looks;
        await _one.Read("kb://a");

        (looks, _shelf.Looks, _shelf.Stored.Count).ShouldBe((1, 1, 0), "once to find out that the server says nothing of how long");
    }

    [Fact]
    public async Task A_gateway_that_heard_of_a_change_takes_nothing_that_was_asked_before_and_what_was_asked_after()
    {
        await _one.Call("look");
        _time.Advance(TimeSpan.FromSeconds(2));
        _two.Cache.Changed(_two.Route());
        (await _two.Call("look")).Text.ShouldBe("101");

        _time.Advance(TimeSpan.FromSeconds(5));
        await _one.Call("look", """{"later":1}""");
        (await _two.Call("look", """{"later":1}""")).ShouldSatisfyAllConditions(s => s.Text.ShouldBe("2"), s => s.Note!.IsFromShared.ShouldBeTrue());
    }

    [Fact]
    public async Task What_was_under_way_when_the_server_said_so_counts_from_when_it_was_asked()
    {
        _one.Answer = (_, n, _) =>
        {
            // The other gateway hears of a change while this one waits for its answer, and hears nothing.
            _time.Advance(TimeSpan.FromSeconds(4));
            _two.Cache.Updated(_two.Route(), "kb://other");
            _time.Advance(TimeSpan.FromSeconds(4));
            return Task.FromResult(CacheScene.Text(n));
        };
        await _one.Call("look");

        (await _two.Call("look")).Text.ShouldBe("101");
    }

    [Fact]
    public async Task What_is_ordered_to_be_forgotten_has_another_name_from_then_on()
    {
        await _one.Call("look");
        _two.UseServers(change: e => e with { CacheClears = new CacheClears(1) });
        (await _two.Call("look")).Text.ShouldBe("101");

        _one.UseServers(change: e => e with { CacheClears = new CacheClears(1) });
        (await _one.Call("look")).ShouldSatisfyAllConditions(s => s.Text.ShouldBe("101"), s => s.Note!.IsFromShared.ShouldBeTrue());
    }

    [Fact]
    public async Task What_a_process_said_is_its_gateways_own()
    {
        static ServerEntry Stdio(ServerEntry e) => e with { Connection = new ServerConnection("stdio", null, "kb", false, [], [], Process: new ServerProcess("tenant")) };
        _one.UseServers(change: Stdio);
        await _one.Call("look");
        (await _one.Call("look")).Use.ShouldBe(CacheUse.Hit);

        (_shelf.Looks, _shelf.Stored.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Who_has_little_time_does_not_wait_for_it_and_what_they_bring_is_shared()
    {
        await _one.Call("look", timers: new RequestTimers(null, null, null, null, TimeSpan.FromSeconds(1)));

        (_shelf.Looks, _shelf.Stored.Count).ShouldBe((0, 1));
        (await _two.Call("look")).Text.ShouldBe("1");
    }

    [Fact]
    public async Task What_somebody_put_there_or_moved_is_not_taken()
    {
        await _one.Call("look");
        await _one.Call("look", """{"a":1}""");
        var names = _shelf.Stored.Keys.ToArray();
        (_shelf.Stored[names[0]], _shelf.Stored[names[1]]) = (_shelf.Stored[names[1]], _shelf.Stored[names[0]]);

        (await _two.Call("look")).Text.ShouldBe("101");
        (await _two.Call("look", """{"a":1}""")).Text.ShouldBe("102");
    }
}
