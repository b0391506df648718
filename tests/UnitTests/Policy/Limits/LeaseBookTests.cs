using McpPlatform.Policy.Domain.Limits;
using McpPlatform.UnitTests.Gateway;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy.Limits;

public sealed class LeaseBookTests
{
    private static readonly Guid A = Guid.NewGuid();
    private static readonly Guid B = Guid.NewGuid();

    private readonly ManualTime _time = new();
    private readonly LeaseBook _book;

    public LeaseBookTests()
    {
        _book = new LeaseBook(_time);
        _time.Advance(LeaseBook.ValidFor);
    }

    [Fact]
    public void A_newcomer_begins_with_the_least_and_has_its_share_when_both_have_asked_again()
    {
        Lend(A, 2).ShouldBe(1);

        Lend(B, 2).ShouldBe(0.1, 1e-9);
        Lend(A, 2).ShouldBe(0.5, 1e-9);
        Lend(B, 2).ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void All_together_never_hold_more_than_the_whole_and_the_little_that_newcomers_begin_with()
    {
        var random = new Random(3);
        var gateways = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToArray();
        var held = new Dictionary<Guid, double>();
        for (var round = 0; round < 2000; round++)
        {
            foreach (var gateway in gateways)
            {
                held[gateway] = Lend(gateway, random.NextDouble() * 3);
            }

            held.Values.Sum().ShouldBeLessThanOrEqualTo(round == 0 ? 1.5 : 1 + 1e-9 + (round == 1 ? 0.2 : 0), $"in round {round}");
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void What_a_gateway_gives_back_or_leaves_behind_is_the_others()
    {
        Lend(A, 2);
        Lend(B, 2);
        Lend(A, 0).ShouldBe(0);
        Lend(B, 2).ShouldBe(1);

        Lend(A, 2);
        _book.Greet(A, isLeaving: true);
        Lend(B, 2).ShouldBe(1);
    }

    [Fact]
    public void A_gateway_that_is_not_heard_of_any_more_holds_nothing_and_counts_for_nothing()
    {
        _book.Greet(A, isLeaving: false);
        Lend(A, 2);
        _time.Advance(TimeSpan.FromSeconds(3));
        _book.Greet(B, isLeaving: false).ShouldBe(2);
        Lend(B, 2);
        _time.Advance(TimeSpan.FromSeconds(3));

        _book.Greet(B, isLeaving: false).ShouldBe(1);
        Lend(B, 2).ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(6));
        (_book.Gateways, _book.Limits).ShouldBe((0, 0));
    }

    [Fact]
    public void A_service_that_has_just_started_gives_nobody_more_than_it_holds()
    {
        var book = new LeaseBook(_time);

        book.Lend(A, "key:1", 2, held: 0.6).ShouldBe(0.6, 1e-9);
        book.Lend(B, "key:1", 2, held: 0.4).ShouldBe(0.4, 1e-9);
        _time.Advance(LeaseBook.ValidFor);

        book.Lend(A, "key:1", 2, held: 0.6);
        book.Lend(A, "key:1", 2, held: 0.6).ShouldBeGreaterThanOrEqualTo(0.5);
    }

    private double Lend(Guid gateway, double demand) => _book.Lend(gateway, "key:1", demand, held: 0);
}
