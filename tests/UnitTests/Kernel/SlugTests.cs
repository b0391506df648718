using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Kernel;

public sealed class SlugTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("github")]
    [InlineData("my-server_2")]
    [InlineData("0a")]
    public void A_good_slug_is_valid(string text) => Slug.IsValid(text).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a__b")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("_a")]
    [InlineData("A")]
    [InlineData("ä")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public void Anything_that_could_confuse_names_or_addresses_is_refused(string? text) => Slug.IsValid(text).ShouldBeFalse();

    [Fact]
    public void Sixty_three_characters_pass_and_sixty_four_do_not()
    {
        Slug.IsValid(new string('a', 63)).ShouldBeTrue();
        Slug.IsValid(new string('a', 64)).ShouldBeFalse();
    }
}
