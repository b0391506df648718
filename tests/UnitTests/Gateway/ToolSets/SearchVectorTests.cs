using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Disclosure;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

public sealed class SearchVectorTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(1027)]
    public void A_quantised_vector_points_where_its_numbers_did(int length)
    {
        var random = new Random(length);
        for (var i = 0; i < 100; i++)
        {
            var (a, b) = (Numbers(), Numbers());
            var expected = Enumerable.Range(0, length).Sum(n => a[n] * b[n]) / MathF.Sqrt(a.Sum(n => n * n) * b.Sum(n => n * n));

            Of(a).Likeness(Of(b)).ShouldBe(expected, 0.01f);
            Of(a).Likeness(Of(a)).ShouldBe(1, 1e-5f);
        }

        float[] Numbers() => [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.4) * 1e-3))];
    }

    [Fact]
    public void What_has_no_direction_is_no_vector()
    {
        ToolVector.Quantise([]).ShouldBeNull();
        ToolVector.Quantise([0, 0]).ShouldBeNull();
        ToolVector.Quantise([1, float.NaN]).ShouldBeNull();
        ToolVector.Quantise([1, float.PositiveInfinity]).ShouldBeNull();
        ToolVector.Quantise(Enumerable.Repeat(1f, ToolVector.MaxLength + 1).ToArray()).ShouldBeNull();
        SearchVector.Of(null).ShouldBeNull();
        SearchVector.Of(new byte[8]).ShouldBeNull();
        SearchVector.Of(new byte[ToolVector.MaxLength + 1]).ShouldBeNull();
    }

    [Fact]
    public void Vectors_of_different_lengths_are_not_alike_and_the_largest_numbers_do_not_overflow()
    {
        Of([1, 2]).Likeness(Of([1, 2, 3])).ShouldBe(0);
        var largest = SearchVector.Of(Enumerable.Repeat((byte)0x80, ToolVector.MaxLength).ToArray())!;
        largest.Likeness(largest).ShouldBe(1, 1e-5f);
    }

    [Fact]
    public void What_is_high_up_in_both_rankings_comes_first()
    {
        RankFusion.Of([1, 2, 3], [3, 2, 9]).ShouldBe([3, 2, 1, 9]);
        RankFusion.Of([], [4, 5]).ShouldBe([4, 5]);
        RankFusion.Of([7, 6], [6, 7]).ShouldBe([6, 7], "equal ones in their order");
        RankFusion.Of([], []).ShouldBeEmpty();
    }

    internal static SearchVector Of(params float[] numbers) => SearchVector.Of(ToolVector.Quantise(numbers))!;
}
