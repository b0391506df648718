using System.Text;
using McpPlatform.Mcp;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class ParamHeadersTests
{
    private static readonly ParamHeaders Headers = Read("""
        "region":{"type":"string","x-mcp-header":"Region"},"n":{"type":"integer","x-mcp-header":"N"},"on":{"type":"boolean","x-mcp-header":"On"},"query":{"type":"string"}
        """);

    [Fact]
    public void Annotated_arguments_are_mirrored_unless_null()
    {
        var headers = Headers.Write("""{"region":" Köln ","n":9007199254740991,"on":null,"query":"q"}"""u8.ToArray());

        headers.ShouldBe([new("Mcp-Param-Region", "=?base64?" + Convert.ToBase64String(" Köln "u8) + "?="), new("Mcp-Param-N", "9007199254740991")]);
    }

    [Theory]
    [InlineData("eu", "7", "true", true)]
    [InlineData("=?base64?ZXU=?=", "7.0", "true", true)]
    [InlineData("EU", "7", "true", false)]
    [InlineData("eu", "8", "true", false)]
    [InlineData("eu", "seven", "true", false)]
    [InlineData("eu", "7", "True", false)]
    [InlineData(null, "7", "true", false)]
    public void Headers_must_say_what_the_arguments_say(string? region, string? number, string? flag, bool agrees)
    {
        var sent = new Dictionary<string, string?> { ["Mcp-Param-Region"] = region, ["Mcp-Param-N"] = number, ["Mcp-Param-On"] = flag };

        var error = Headers.Check(name => sent[name], """{"region":"eu","n":7,"on":true}"""u8.ToArray());

        (error is null).ShouldBe(agrees);
        (error?.Code).ShouldBe(agrees ? null : ErrorCodes.HeaderMismatch);
    }

    [Fact]
    public void A_header_without_an_argument_is_a_mismatch()
    {
        Headers.Check(name => name == "Mcp-Param-N" ? "7" : null, "{}"u8.ToArray()).ShouldNotBeNull();
        Headers.Check(_ => null, "{}"u8.ToArray()).ShouldBeNull();
        Headers.Check(_ => null, default).ShouldBeNull();
    }

    [Theory]
    [InlineData("""  "a":{"type":"string","x-mcp-header":""}  """)]
    [InlineData("""  "a":{"type":"string","x-mcp-header":7}  """)]
    [InlineData("""  "a":{"type":"string","x-mcp-header":"My Region"}  """)]
    [InlineData("""  "a":{"type":"string","x-mcp-header":"Région"}  """)]
    [InlineData("""  "a":{"type":"string","x-mcp-header":"a:b"}  """)]
    [InlineData("""  "a":{"type":"number","x-mcp-header":"A"}  """)]
    [InlineData("""  "a":{"type":"object","x-mcp-header":"A"}  """)]
    [InlineData("""  "a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"}  """)]
    public void Annotations_that_break_the_rules_are_told(string properties) => Read(properties).IsValid.ShouldBeFalse();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"inputSchema":true}""")]
    [InlineData("""{"inputSchema":{"type":"object","properties":{"a":{}}}}""")]
    public void Most_tools_have_none(string definition) => ParamHeaders.Read(Encoding.UTF8.GetBytes(definition)).ShouldSatisfyAllConditions(
        headers => headers.IsEmpty.ShouldBeTrue(), headers => headers.IsValid.ShouldBeTrue());

    private static ParamHeaders Read(string properties) => ParamHeaders.Read(Encoding.UTF8.GetBytes("{\"name\":\"t\",\"inputSchema\":{\"type\":\"object\",\"properties\":{" + properties + "}}}"));
}
