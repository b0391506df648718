using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Balancing;

public sealed class BalancerTests
{
    private readonly FakeTime _time = new();
    private readonly Balancer _balancer;
    private RegistryState _state = RegistryState.Empty;

    public BalancerTests() => _balancer = new Balancer(BreakerRules.Default, _time);

    [Fact]
    public void Round_robin_takes_turns_by_weight_and_mixes_them()
    {
        var server = Server("round_robin", [5, 1, 1]);

        string.Concat(Enumerable.Range(0, 14).Select(_ => Name(Choose(server)))).ShouldBe("aabacaaaabacaa");
    }

    [Fact]
    public void The_turns_of_one_that_is_left_alone_go_to_the_others_evenly()
    {
        var server = Server("round_robin", [1, 1, 1]);
        Open(server.Endpoints[1]);

        var chosen = Enumerable.Range(0, 100).Select(_ => Name(Choose(server))).CountBy(n => n).ToDictionary();

        chosen.ShouldNotContainKey("b");
        chosen["a"].ShouldBe(50);
    }

    [Fact]
    public void Least_connections_goes_where_least_is_under_way_for_the_weight()
    {
        var server = Server("least_connections", [1, 1, 2]);
        var names = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            var chosen = Choose(server)!;
            chosen.State.Enter();
            names.Add(Name(chosen));
        }

        names.CountBy(n => n).ToDictionary().ShouldBe(new Dictionary<string, int> { ["a"] = 2, ["b"] = 2, ["c"] = 4 }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("random", 0.33), InlineData("weighted_random", 0.8)]
    public void Chance_follows_the_weights_only_when_asked_to(string algorithm, double share)
    {
        var server = Server(algorithm, [8, 1, 1]);

        var first = Enumerable.Range(0, 10_000).Count(_ => Choose(server)!.Index == 0) / 10_000.0;

        first.ShouldBe(share, 0.04);
    }

    [Fact]
    public void Consistent_hashing_moves_nothing_but_the_share_of_the_one_that_goes()
    {
        var server = Server("consistent_hash", [1, 1, 1]);
        var before = Enumerable.Range(0, 3000).Select(key => Choose(server, (ulong)key)!.Index).ToArray();
        before.CountBy(i => i).ShouldAllBe(share => share.Value > 850 && share.Value < 1150);

        Open(server.Endpoints[1]);
        var after = Enumerable.Range(0, 3000).Select(key => Choose(server, (ulong)key)!.Index).ToArray();

        before.Zip(after).Where(pair => pair.First != 1).ShouldAllBe(pair => pair.First == pair.Second);
        after.ShouldNotContain(1);
    }

    [Fact]
    public void Peak_ewma_avoids_the_slow_and_the_failing_and_forgives_with_time()
    {
        var server = Server("peak_ewma", [1, 1, 1]);
        foreach (var endpoint in server.Endpoints)
        {
            endpoint.State.Learn(TimeSpan.FromMilliseconds(10), failed: false, _time);
        }

        server.Endpoints[0].State.Learn(TimeSpan.FromSeconds(2), failed: false, _time);
        server.Endpoints[1].State.Learn(TimeSpan.FromMilliseconds(1), failed: true, _time);

        // Two of three are drawn; the best one of all wins whenever it is drawn, which is two thirds of the time.
        var chosen = Enumerable.Range(0, 3000).Select(_ => Choose(server)!.Index).CountBy(i => i).ToDictionary();
        chosen.ShouldNotContainKey(0);
        chosen[2].ShouldBeInRange(1850, 2150);

        _time.Advance(TimeSpan.FromMinutes(5));
        server.Endpoints[2].State.Learn(TimeSpan.FromMilliseconds(10), failed: false, _time);
        Enumerable.Range(0, 100).Select(_ => Choose(server)!.Index).ShouldContain(0);
    }

    [Fact]
    public void What_was_tried_is_not_chosen_again()
    {
        var server = Server("round_robin", [1, 1, 1]);

        _balancer.Choose(server, 0b011, null)!.Index.ShouldBe(2);
        _balancer.Choose(server, 0b111, null).ShouldBeNull();
        _balancer.HasOther(server.Endpoints, 0b011).ShouldBeTrue();
        _balancer.HasOther(server.Endpoints, 0b111).ShouldBeFalse();
    }

    [Fact]
    public void Never_are_all_endpoints_left_alone_but_a_single_one_can_be()
    {
        var server = Server("round_robin", [1, 1, 1]);
        foreach (var endpoint in server.Endpoints)
        {
            Open(endpoint);
        }

        Enumerable.Range(0, 3).Select(_ => Name(Choose(server))).Order().ShouldBe(["a", "b", "c"]);

        var single = Server("round_robin", [1]);
        Open(single.Endpoints[0]);
        Choose(single).ShouldBeNull();
        _balancer.Wait(single.Endpoints).ShouldBe(BreakerRules.Default.OpenFor);
    }

    [Fact]
    public void What_is_forced_open_gets_nothing_even_when_everything_else_fails()
    {
        var server = Server("round_robin", [1, 1, 1], new BreakerOrder("http://10.0.0.1/a", ForcedOpen: true, Resets: 0));
        Open(server.Endpoints[1]);
        Open(server.Endpoints[2]);

        Enumerable.Range(0, 10).Select(_ => Name(Choose(server))).Distinct().Order().ShouldBe(["b", "c"]);
        Choose(Server("round_robin", [1], new BreakerOrder("http://10.0.0.1/a", ForcedOpen: true, Resets: 0))).ShouldBeNull();
    }

    [Fact]
    public void A_reset_closes_a_breaker_once_and_a_later_snapshot_does_not_again()
    {
        Open(Server("round_robin", [1]).Endpoints[0]);

        var reset = new BreakerOrder("http://10.0.0.1/a", ForcedOpen: false, Resets: 1);
        var server = Server("round_robin", [1], reset);
        server.Endpoints[0].State.Breaker.State.ShouldBe(BreakerState.Closed);

        Open(server.Endpoints[0]);
        Server("round_robin", [1], reset).Endpoints[0].State.Breaker.State.ShouldBe(BreakerState.Open);
    }

    [Fact]
    public void What_was_learnt_lives_on_when_the_snapshot_changes_and_goes_with_the_endpoint()
    {
        Open(Server("round_robin", [1, 1, 1]).Endpoints[1]);

        Server("random", [1, 2]).Endpoints[1].State.Breaker.State.ShouldBe(BreakerState.Open);
        Server("random", [1]);
        Server("random", [1, 2]).Endpoints[1].State.Breaker.State.ShouldBe(BreakerState.Closed);
    }

    private EndpointRoute? Choose(ServerRoute server, ulong? key = null) => _balancer.Choose(server, 0, key);

    private static string Name(EndpointRoute? endpoint) => endpoint!.Connection.Url![^1..];

    private void Open(EndpointRoute endpoint)
    {
        for (var i = 0; i < BreakerRules.Default.Failures; i++)
        {
            endpoint.State.Breaker.Failed(BreakerRules.Default, _time);
        }
    }

    private ServerRoute Server(string algorithm, int[] weights, params BreakerOrder[] orders)
    {
        var entry = Snapshots.Server("files", "read");
        var endpoints = weights.Select((weight, i) => new ServerEndpoint($"http://10.0.0.1/{(char)('a' + i)}", weight)).ToArray();
        entry = entry with { Connection = entry.Connection with { Endpoints = endpoints }, Balancing = new ServerBalancing(algorithm), Breakers = orders };
        _state = RegistryState.Compile(Snapshots.Registry(_state.Version + 1, entry), _state);
        return _state.RoutesOf(DefaultTenant.Id).Servers["files"];
    }
}
