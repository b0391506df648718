using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.Mcp.Json;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class JsonSpliceTests
{
    private const string Awkward = "{ \"big\":9007199254740991 ,\"num\" : 1.50e+3,\t\"s\":\"\u2028\\u2029 \\/ \\u0000 é\" , \"unknown\":{\"a\":[1, 2]}}";

    [Theory]
    [InlineData("{}", """{"k":1}""")]
    [InlineData("{ }", """{"k":1 }""")]
    [InlineData("""{"a":2}""", """{"a":2,"k":1}""")]
    [InlineData("""{"k":2,"a":{"k":3}}""", """{"k":1,"a":{"k":3}}""")]
    [InlineData("""{"a":2, "\u006b" : [2] }""", """{"a":2, "\u006b" : 1 }""")]
    public void Set_replaces_or_appends(string json, string expected) => Apply(json, MemberEdit.Set("k", "1"u8.ToArray())).ShouldBe(expected);

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("""{"k":1}""", "{}")]
    [InlineData("""{"k":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":2,"k":1}""", """{"a":2}""")]
    [InlineData("""{"k":1,"a":2,"k":3,"b":4}""", """{"a":2,"b":4}""")]
    [InlineData("""{ "k" : 1 , "a" : 2 }""", """{  "a" : 2 }""")]
    public void Drop_leaves_valid_json(string json, string expected)
    {
        var result = Apply(json, MemberEdit.Drop("k"));

        result.ShouldBe(expected);
        JsonNode.Parse(result).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{"k":null}""", """{"k":null}""")]
    [InlineData("""{"a":1}""", """{"a":1,"k":1}""")]
    public void Set_if_absent_respects_what_is_there(string json, string expected) =>
        Apply(json, MemberEdit.SetIfAbsent("k", "1"u8.ToArray())).ShouldBe(expected);

    [Theory]
    [InlineData("{}", """{"_meta":{"x":1}}""")]
    [InlineData("""{"_meta":{"y":2,"z":3}}""", """{"_meta":{"y":2,"x":1}}""")]
    [InlineData("""{"_meta":7}""", """{"_meta":7}""")]
    [InlineData("""{"_meta":null}""", """{"_meta":{"x":1}}""")]
    public void Edit_reaches_inside_and_makes_what_is_missing(string json, string expected) =>
        Apply(json, MemberEdit.Edit("_meta", MemberEdit.Drop("z"), MemberEdit.Set("x", "1"u8.ToArray()))).ShouldBe(expected);

    [Fact]
    public void Edit_that_only_drops_makes_nothing() => Apply("{}", MemberEdit.Edit("_meta", MemberEdit.Drop("z"))).ShouldBe("{}");

    [Theory]
    [InlineData("""{"a":1,"_meta":{"z":3}}""", """{"a":1}""")]
    [InlineData("""{"_meta":{"z":3,"z":4},"a":1}""", """{"a":1}""")]
    [InlineData("""{"_meta":{"y":[2],"z":3}}""", """{"_meta":{"y":[2]}}""")]
    [InlineData("""{"_meta":{}}""", """{"_meta":{}}""")]
    [InlineData("""{"_meta":7}""", """{"_meta":7}""")]
    [InlineData("{}", "{}")]
    public void Strip_takes_an_object_out_that_had_nothing_else(string json, string expected) => Apply(json, MemberEdit.Strip("_meta", "z")).ShouldBe(expected);

    [Theory]
    [InlineData("[1,2]")]
    [InlineData("7")]
    public void Anything_but_an_object_is_copied(string json) => Apply(json, MemberEdit.Set("k", "1"u8.ToArray())).ShouldBe(json);

    [Fact]
    public void Awkward_bytes_survive()
    {
        var result = Apply(Awkward, MemberEdit.Set("resultType", "\"complete\""u8.ToArray()), MemberEdit.Drop("nothing"));

        result.ShouldBe(Awkward[..^1] + ",\"resultType\":\"complete\"}");
        Apply(result, MemberEdit.Drop("resultType")).ShouldBe(Awkward);
    }

    [Fact]
    public void Splicing_any_object_keeps_every_other_byte()
    {
        var random = new Random(20261120);
        for (var i = 0; i < 5_000; i++)
        {
            var members = Enumerable.Range(0, random.Next(6)).Select(n => (Name: $"\"m{n}\"", Value: Value(random, 3))).ToList();
            var at = random.Next(members.Count + 1);
            var with = members.ToList();
            with.Insert(at, (Name: "\"k\"", Value: Value(random, 3)));
            var (before, after) = (Space(random), Space(random));

            var original = Join(with, before, after);

            Apply(original, MemberEdit.Set("k", "\"new\""u8.ToArray())).ShouldBe(Join([.. with.Select(m => m.Name == "\"k\"" ? (m.Name, "\"new\"") : m)], before, after));
            Apply(original, MemberEdit.Edit("k", MemberEdit.Drop("absent"))).ShouldBe(original);
            var dropped = Apply(original, MemberEdit.Drop("k"));
            dropped.Where(c => !char.IsWhiteSpace(c)).ShouldBe(Join(members, before, after).Where(c => !char.IsWhiteSpace(c)));
            JsonNode.Parse(dropped).ShouldNotBeNull();
        }
    }

    private static string Join(List<(string Name, string Value)> members, string before, string after) =>
        "{" + string.Join(",", members.Select(m => before + m.Name + after + ":" + before + m.Value + after)) + "}";

    private static string Space(Random random) => random.Next(4) switch { 0 => " ", 1 => "\n\t", _ => "" };

    private static string Value(Random random, int depth) => random.Next(depth > 0 ? 8 : 6) switch
    {
        0 => "9007199254740991",
        1 => "-0.50E+10",
        2 => "\"\u2028 k \\u006b \\\" , } \"",
        3 => "null",
        4 => "\"\"",
        5 => "true",
        6 => "[" + Space(random) + string.Join(",", Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth - 1))) + "]",
        _ => "{" + string.Join(" ,", Enumerable.Range(0, random.Next(3)).Select(n => $"\"k{(n == 0 ? "" : n)}\":" + Value(random, depth - 1))) + "}",
    };

    private static string Apply(string json, params MemberEdit[] edits) => Encoding.UTF8.GetString(JsonSplice.Apply(Encoding.UTF8.GetBytes(json), edits).Span);
}
