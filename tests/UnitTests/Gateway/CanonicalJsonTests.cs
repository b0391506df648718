using System.Security.Cryptography;
using System.Text;
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

    [Fact]
    public void Texts_are_written_as_they_are_but_for_what_json_must_escape()
    {
        // RFC 8785 §3.2.2.2; the last ones need no escape and must not get one.
        Hash("""["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\/\u2028\ud83d\ude00\u007f\ue000\u00ad"]""")
            .ShouldBe(Sha256("[\"\u20ac$\\u000f\\nA'B\\\"\\\\/\u2028\U0001F600\u007f\ue000\u00ad\"]"));
    }

    [Fact]
    public void Members_stand_in_the_order_of_their_code_units() =>
        Hash("""{"\ufb33":1,"\ud83d\ude00":2,"\u20ac":3,"1":4,"\u00f6":5}""").ShouldBe(Sha256("{\"1\":4,\"\u00f6\":5,\"\u20ac\":3,\"\U0001F600\":2,\"\ufb33\":1}"));

    [Theory]
    [InlineData("""{"name":"\ud800"}"""), InlineData("""{"\udc00":1}""")]
    public void Half_a_surrogate_pair_has_no_canonical_form(string json) => Should.Throw<JsonException>(() => Hash(json));

    private static string Sha256(string canonical) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
}
