using McpPlatform.Contracts.Policy;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using McpPlatform.Policy.Domain.Limits;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Limits;

public sealed class LeasesTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Only_what_is_used_is_asked_for_and_what_is_idle_goes_back()
    {
        var shares = new LimitShares(isAlone: false, _time);
        var leases = new Leases(shares, _time);
        var gate = Gate();
        leases.All().Uses.ShouldBeEmpty();

        for (var i = 0; i < 5; i++)
        {
            shares.TryTake(gate, out _);
        }

        leases.Begun()!.Uses.ShouldHaveSingleItem().ShouldBe(new LimitUsage("key:1", 0.05, 1));
        leases.Take(new LimitLeases(2, [0.4]));
        (gate.Terms.Share, shares.Even, leases.Begun()).ShouldBe((0.4, 0.5, null));

        _time.Advance(TimeSpan.FromSeconds(11));
        leases.All().Uses.ShouldHaveSingleItem().Demand.ShouldBe(0);
        leases.Take(new LimitLeases(2, [0]));
        (leases.Count, gate.Terms.Share).ShouldBe((0, 0.4));

        shares.TryTake(gate, out _);
        gate.Terms.Share.ShouldBe(0.5, "it begins anew, with an even share");
    }

    [Fact]
    public void Without_an_answer_or_with_one_that_does_not_fit_everything_stays()
    {
        var shares = new LimitShares(isAlone: false, _time);
        var leases = new Leases(shares, _time);
        var gate = Gate();
        shares.TryTake(gate, out _);
        leases.All();
        leases.Take(new LimitLeases(2, [0.3]));

        leases.All();
        leases.Take(new LimitLeases(2, []));
        leases.All();
        leases.Take(new LimitLeases(0, [0.9]));

        (gate.Terms.Share, shares.Even).ShouldBe((0.3, 0.5));
    }

    [Theory]
    [InlineData(1, 1), InlineData(2, 1), InlineData(3, 1), InlineData(2, 0.1), InlineData(4, 0)]
    public void Gateways_together_let_the_limit_through_however_the_requests_are_spread(int gateways, double evenness)
    {
        var book = new LeaseBook(_time);
        _time.Advance(LeaseBook.ValidFor);
        var all = Enumerable.Range(0, gateways).Select(_ => new Replica(_time)).ToArray();
        foreach (var replica in (Replica[])[.. all, .. all])
        {
            replica.Renew(book);
        }

        var random = new Random(4);
        var (through, steady) = (0, 0);
        const int Seconds = 30;
        for (var step = 0; step < Seconds * 20; step++)
        {
            // 400 a second are asked for, of which 100 may pass.
            for (var i = 0; i < 20; i++)
            {
                var at = random.NextDouble() < evenness ? random.Next(gateways) : 0;
                if (all[at].TryTake())
                {
                    through++;
                    steady += step >= 100 ? 1 : 0;
                }
            }

            _time.Advance(TimeSpan.FromMilliseconds(50));
            foreach (var replica in all)
            {
                replica.RenewBegun(book);
                if (step % 20 == 19)
                {
                    replica.Renew(book);
                }
            }
        }

        through.ShouldBeLessThanOrEqualTo((int)((100 * Seconds * 1.05) + 200), "rate and burst, and a twentieth");
        steady.ShouldBeInRange(100 * (Seconds - 5) * 90 / 100, 100 * (Seconds - 5) * 105 / 100);
    }

    private static RateGate Gate() => new("key:1", LimitKind.Key, new RateLimit(100, 200));

    /// <summary>One gateway, with all that it has of its own.</summary>
    private sealed class Replica
    {
        private readonly LimitShares _shares;
        private readonly Leases _leases;
        private readonly RateGate _gate = Gate();

        public Replica(ManualTime time) => _leases = new Leases(_shares = new LimitShares(isAlone: false, time), time);

        public bool TryTake() => _shares.TryTake(_gate, out _);

        public void Renew(LeaseBook book) => Send(book, _leases.All());

        public void RenewBegun(LeaseBook book)
        {
            if (_leases.Begun() is { } begun)
            {
                Send(book, begun);
            }
        }

        private void Send(LeaseBook book, LimitLeaseRequest request)
        {
            var gateways = book.Greet(request.Gateway, request.Leaving);
            _leases.Take(new LimitLeases(gateways, [.. request.Uses.Select(u => book.Lend(request.Gateway, u.Limit, u.Demand, u.Held))]));
        }
    }
}
