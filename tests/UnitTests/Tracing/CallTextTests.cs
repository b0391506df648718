using System.Text;
using McpPlatform.Tracing.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Tracing;

public sealed class CallTextTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a\0b\0", "a\uFFFDb\uFFFD")]
    [InlineData("\0", "\uFFFD")]
    [InlineData("smile \U0001F600", "smile \U0001F600")]
    public void Text_keeps_all_but_what_cannot_be_stored(string? text, string expected) => CallText.Clean(text, 100).ShouldBe(expected);

    [Fact]
    public void Lone_surrogates_are_replaced()
    {
        CallText.Clean("a\uD83Db", 100).ShouldBe("a\uFFFDb");
        CallText.Clean("\uDE00\uD83D\uDE00\uD83D", 100).ShouldBe("\uFFFD\U0001F600\uFFFD");
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_but_never_within_a_character()
    {
        CallText.Clean("abcdef", 3).ShouldBe("abc");
        CallText.Clean("ab\U0001F600", 3).ShouldBe("ab");
        CallText.Clean("ab\U0001F600", 4).ShouldBe("ab\U0001F600");
    }

    [Fact]
    public void Whatever_comes_in_goes_out_as_valid_UTF_8_without_NUL()
    {
        var random = new Random(20261120);
        string[] pieces = ["\0", "\uD83D", "\uDE00", "x", "é", "\U0001F600"];
        for (var round = 0; round < 2000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var clean = CallText.Clean(text, random.Next(1, 14));

            clean.ShouldNotContain('\0');
            Should.NotThrow(() => Strict.GetBytes(clean));
        }
    }
}
