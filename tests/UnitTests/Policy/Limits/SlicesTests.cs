using McpPlatform.Policy.Domain.Limits;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy.Limits;

public sealed class SlicesTests
{
    [Fact]
    public void Shares_are_never_more_than_the_whole_and_each_has_the_least_there_is()
    {
        var random = new Random(1);
        for (var round = 0; round < 10_000; round++)
        {
            var demands = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Math.Pow(10, (random.NextDouble() * 8) - 6)).ToArray();

            var shares = Slices.Divide(demands);

            shares.Sum().ShouldBeLessThanOrEqualTo(1 + 1e-9);
            shares.Sum().ShouldBeGreaterThan(1 - 1e-9, "nothing is left lying");
            shares.ShouldAllBe(share => share >= (Slices.Least / demands.Length) - 1e-12);
        }
    }

    [Fact]
    public void Whoever_needs_more_has_no_smaller_share()
    {
        var random = new Random(2);
        for (var round = 0; round < 1000; round++)
        {
            var demands = Enumerable.Range(0, 6).Select(_ => random.NextDouble() * 2).Order().ToArray();

            Slices.Divide(demands).Select(share => Math.Round(share, 9)).ShouldBeInOrder();
        }
    }

    [Fact]
    public void A_gateway_alone_has_all_of_it() => Slices.Divide([0.01]).ShouldBe([1.0]);

    [Fact]
    public void Those_that_ask_for_too_much_share_evenly() => Slices.Divide([5, 50]).ShouldBe([0.5, 0.5]);

    [Fact]
    public void Those_that_need_little_leave_the_rest_to_the_others()
    {
        var shares = Slices.Divide([0.04, 3.0]);

        shares[0].ShouldBe(0.1, 1e-9);
        shares[1].ShouldBe(0.9, 1e-9);
    }

    [Theory]
    [InlineData(0), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void A_demand_that_is_none_gets_the_least(double demand) => Slices.Divide([demand, 10])[0].ShouldBe(0.1, 1e-9);
}
