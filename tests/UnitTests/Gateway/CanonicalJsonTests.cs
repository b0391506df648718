using System.Text.Json;
using McpPlatform.Gateway.Catalog;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>RFC 8785, as far as it decides whether two definitions are the same.</summary>
public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"b":1,"a":[true,null]}""", """{ "a" : [ true , null ], "b" : 1.0 }""")]
    [InlineData("""{"n":333333333.33333329}""", """{"n":333333333.3333333}""")]
    [InlineData("""{"n":1E30}""", """{"n":1e+30}""")]
    [InlineData("""{"n":4.50}""", """{"n":4.5}""")]
    [InlineData("""{"n":2e-3}""", """{"n":0.002}""")]
    [InlineData("""{"n":-0}""", """{"n":0}""")]
    [InlineData("""{"s":"\u00e9\/"}""", """{"s":"é/"}""")]
    public void What_means_the_same_has_the_same_hash(string left, string right) => Hash(left).ShouldBe(Hash(right));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""")]
    [InlineData("""{"a":"1"}""", """{"a":1}""")]
    [InlineData("""[1,2]""", """[2,1]""")]
    [InlineData("""{"a":null}""", """{}""")]
    public void What_differs_has_another(string left, string right) => Hash(left).ShouldNotBe(Hash(right));

    private static string Hash(string json) => CanonicalJson.Hash(JsonElement.Parse(json));
}
