using System.Numerics;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Balancing;

/// <summary>
/// Chooses an endpoint of a server for one attempt. Sets of endpoints are bits, so a server has at most <see cref="MostEndpoints"/>. Nothing is locked, and
/// nothing allocated.
/// </summary>
public sealed class Balancer(BreakerRules rules, TimeProvider time)
{
    public const int MostEndpoints = 64;

    public BreakerRules Rules => rules;

    /// <summary>Whether another endpoint than those tried takes calls.</summary>
    public bool HasOther(EndpointRoute[] endpoints, ulong tried) => endpoints.Length > 1 && (Usable(endpoints, out _) & ~tried) != 0;

    /// <summary>Chooses; null when none takes calls. With one endpoint only its breaker decides.</summary>
    /// <param name="tried">Endpoints that are out of the question.</param>
    /// <param name="key">What calls that belong together share; they go to the same endpoint as long as that takes calls, whatever the algorithm. Null: none.</param>
    public EndpointRoute? Choose(ServerRoute server, ulong tried, ulong? key)
    {
        var endpoints = server.Endpoints;
        if (endpoints.Length == 1)
        {
            return (tried & 1) == 0 && !endpoints[0].IsForcedOpen && endpoints[0].State.Breaker.TryEnter(rules, time) ? endpoints[0] : null;
        }

        var usable = Usable(endpoints, out var panic) & ~tried;
        while (usable != 0)
        {
            var index = key is { } hash ? Rendezvous(endpoints, usable, hash) : Pick(server, usable);
            if (endpoints[index].State.Breaker.TryEnter(rules, time) || panic)
            {
                return endpoints[index];
            }

            usable &= ~(1UL << index);
        }

        return null;
    }

    /// <summary>The shortest time until one of the endpoints may be tried again.</summary>
    public TimeSpan Wait(EndpointRoute[] endpoints)
    {
        var now = time.GetTimestamp();
        var shortest = long.MaxValue;
        foreach (var endpoint in endpoints)
        {
            shortest = Math.Min(shortest, endpoint.State.Breaker.Until ?? now);
        }

        return shortest <= now ? TimeSpan.Zero : time.GetElapsedTime(now, shortest);
    }

    private ulong Usable(EndpointRoute[] endpoints, out bool panic)
    {
        var (usable, allowed) = (0UL, 0UL);
        for (var i = 0; i < endpoints.Length; i++)
        {
            allowed |= endpoints[i].IsForcedOpen ? 0 : 1UL << i;
            usable |= endpoints[i].State.Breaker.Admits(time) ? 1UL << i : 0;
        }

        // What somebody ordered holds in any case.
        usable &= allowed;
        panic = BitOperations.PopCount(usable) < BitOperations.PopCount(allowed) * rules.PanicThreshold;
        return panic ? allowed : usable;
    }

    private int Pick(ServerRoute server, ulong usable) => server.Spread.Algorithm switch
    {
        Algorithm.LeastConnections => LeastConnections(server, usable),
        Algorithm.Random => Nth(usable, Random.Shared.Next(BitOperations.PopCount(usable))),
        Algorithm.WeightedRandom => WeightedRandom(server.Endpoints, usable),
        Algorithm.PeakEwma => TwoChoices(server.Endpoints, usable),
        _ => RoundRobin(server, usable),
    };

    /// <summary>One after the other, each as often as its weight; the turn of one that takes no calls passes to the next.</summary>
    private static int RoundRobin(ServerRoute server, ulong usable)
    {
        while (true)
        {
            var index = server.Turns[(int)(server.NextTurn() % (uint)server.Turns.Length)];
            if ((usable & (1UL << index)) != 0)
            {
                return index;
            }
        }
    }

    /// <summary>The fewest calls under way for its weight; among equals one after the other.</summary>
    private static int LeastConnections(ServerRoute server, ulong usable)
    {
        var endpoints = server.Endpoints;
        var start = (int)(server.NextTurn() % (uint)endpoints.Length);
        var (best, least) = (-1, double.MaxValue);
        for (var i = 0; i < endpoints.Length; i++)
        {
            var index = (start + i) % endpoints.Length;
            var load = (endpoints[index].State.InFlight + 1.0) / endpoints[index].Weight;
            if ((usable & (1UL << index)) != 0 && load < least)
            {
                (best, least) = (index, load);
            }
        }

        return best;
    }

    private static int WeightedRandom(EndpointRoute[] endpoints, ulong usable)
    {
        var all = 0;
        for (var i = 0; i < endpoints.Length; i++)
        {
            all += (usable & (1UL << i)) != 0 ? endpoints[i].Weight : 0;
        }

        var at = Random.Shared.Next(all);
        for (var i = 0; ; i++)
        {
            at -= (usable & (1UL << i)) != 0 ? endpoints[i].Weight : 0;
            if (at < 0)
            {
                return i;
            }
        }
    }

    /// <summary>The cheaper of two: nearly as good as the cheapest of all, without everybody running to the same one.</summary>
    private int TwoChoices(EndpointRoute[] endpoints, ulong usable)
    {
        var count = BitOperations.PopCount(usable);
        var first = Nth(usable, Random.Shared.Next(count));
        if (count == 1)
        {
            return first;
        }

        var second = Nth(usable & ~(1UL << first), Random.Shared.Next(count - 1));
        return endpoints[first].State.Cost(time) <= endpoints[second].State.Cost(time) ? first : second;
    }

    /// <summary>The highest score wins (rendezvous hashing, weighted): an endpoint that comes or goes moves its own share and nothing else.</summary>
    private static int Rendezvous(EndpointRoute[] endpoints, ulong usable, ulong key)
    {
        var (best, highest) = (-1, double.NegativeInfinity);
        for (var i = 0; i < endpoints.Length; i++)
        {
            if ((usable & (1UL << i)) == 0)
            {
                continue;
            }

            // 53 random bits, between 0 and 1 and neither of them.
            var unit = ((StableHash.Mix(endpoints[i].Seed ^ key) >> 11) + 0.5) / (1UL << 53);
            var score = -endpoints[i].Weight / Math.Log(unit);
            if (score > highest)
            {
                (best, highest) = (i, score);
            }
        }

        return best;
    }

    private static int Nth(ulong set, int n)
    {
        for (var i = 0; i < n; i++)
        {
            set &= set - 1;
        }

        return BitOperations.TrailingZeroCount(set);
    }
}
