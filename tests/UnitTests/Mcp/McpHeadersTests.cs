using McpPlatform.Mcp;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class McpHeadersTests
{
    [Theory]
    [InlineData("add", "add", true)]
    [InlineData(" \tadd ", "add", true)]
    [InlineData("Add", "add", false)]
    [InlineData(null, "add", false)]
    [InlineData("add", null, false)]
    [InlineData("=?base64?YWRk?=", "add", true)]
    [InlineData("=?base64?w6k=?=", "é", true)]
    [InlineData("=?base64??=", "", true)]
    [InlineData("=?BASE64?YWRk?=", "add", false)]
    [InlineData("=?base64?YWR?=", "add", false)]
    [InlineData("=?base64?Y WRk?=", "add", false)]
    [InlineData("=?base64?wyg=?=", "\u00c3(", false)]
    [InlineData("=?base64?YWRk", "=?base64?YWRk", true)]
    [InlineData("é", "é", false)]
    public void A_mirrored_header_matches_the_value_it_stands_for(string? header, string? body, bool matches) =>
        McpHeaders.Matches(header, body).ShouldBe(matches);

    [Theory]
    [InlineData("add")]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData(" edges ")]
    [InlineData("tab\there")]
    [InlineData("名前 😀")]
    [InlineData("=?base64?YWRk?=")]
    [InlineData("line\nbreak")]
    public void Encoding_survives_the_way(string value)
    {
        var header = McpHeaders.Encode(value);

        header.ShouldAllBe(c => c >= ' ' && c <= '~');
        McpHeaders.Matches(header, value).ShouldBeTrue();
    }
}
