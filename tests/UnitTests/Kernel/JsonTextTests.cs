using System.Text;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Kernel;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"\uD83Dx"}""")]
    [InlineData("""{"a":"\ude00"}""")]
    [InlineData("""{"a":"\ude00\ud83d"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""["\ud83d\ude00\ud83d\u0041"]""")]
    [InlineData("""["\\\ud800"]""")]
    public void Half_of_a_pair_is_found(string json) => JsonText.HasHalfPair(Encoding.UTF8.GetBytes(json)).ShouldBeTrue();

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud800"}""")]
    [InlineData("""{"a":"\u0041\n\t\\"}""")]
    [InlineData("""{"a":"plain"}""")]
    [InlineData("")]
    [InlineData("\\u00")]
    public void Whole_texts_are_not(string json) => JsonText.HasHalfPair(Encoding.UTF8.GetBytes(json)).ShouldBeFalse();
}
