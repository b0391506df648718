using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Kernel;

public sealed class PagingTests
{
    [Theory]
    [InlineData(null, Paging.DefaultLimit)]
    [InlineData(1, 1)]
    [InlineData(200, 200)]
    public void A_limit_within_bounds_is_taken(int? asked, int expected) => Paging.Limit(asked).Value.ShouldBe(expected);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(201)]
    public void A_limit_out_of_bounds_is_refused(int asked) => Paging.Limit(asked).Error!.Code.ShouldBe("paging.limit");

    [Fact]
    public void A_cursor_comes_back_as_the_key_it_was_made_of() => Paging.Key(Paging.Cursor("2026-11-20|äöü")).Value.ShouldBe("2026-11-20|äöü");

    [Theory]
    [InlineData("not base64!")]
    [InlineData("a")]
    [InlineData("AA")]
    [InlineData("_w")]
    public void A_foreign_cursor_is_refused(string cursor) => Paging.Key(cursor).Error!.Code.ShouldBe("paging.cursor");

    [Fact]
    public void No_cursor_means_the_first_page() => Paging.Key("").Value.ShouldBeNull();
}
