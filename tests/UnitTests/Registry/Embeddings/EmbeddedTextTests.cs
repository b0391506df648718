using McpPlatform.Registry.Application.Embeddings;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry.Embeddings;

public sealed class EmbeddedTextTests
{
    [Fact]
    public void The_name_the_title_the_description_and_the_names_of_parameters_are_embedded_and_nothing_else() => EmbeddedText.Of("list_open-issues", """
        {"name":"list_open-issues","title":"Open issues","description":"Lists what is open.","_meta":{"internal":"x"},
         "inputSchema":{"type":"object","properties":{"repo_name":{"type":"string","description":"Where","default":"secret"},"since":{}}}}
        """).ShouldBe("list open issues\nOpen issues\nLists what is open.\nrepo name, since");

    [Theory]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":"x","title":7,"description":null,"inputSchema":[]}""")]
    [InlineData("""{"name":"x","description":" ","inputSchema":{"properties":{}}}""")]
    public void A_definition_that_says_little_is_its_name(string definition) => EmbeddedText.Of("x", definition).ShouldBe("x");

    [Fact]
    public void A_manual_is_cut_between_characters()
    {
        var text = EmbeddedText.Of("x", $$"""{"description":"{{string.Concat(Enumerable.Repeat("🙂", 3000))}}"}""");

        text.Length.ShouldBeInRange(EmbeddedText.MaxLength - 1, EmbeddedText.MaxLength);
        char.IsLowSurrogate(text[^1]).ShouldBeTrue();
    }
}
