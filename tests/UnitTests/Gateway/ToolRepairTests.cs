using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.Gateway.Catalog;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class ToolRepairTests
{
    [Theory]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"$schema":"http://json-schema.org/draft-07/schema#"},"x":1.50}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","additionalProperties":false},"outputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"type":{"type":["string","null"],"default":null}},"$defs":{"A":{"type":"object","properties":{"next":{"$ref":"#"}}}}}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","required":["b"],"allOf":[{"properties":{"b":{}}}],"properties":{"a":true}}}""")]
    public void What_is_right_is_left_alone(string definition) => ToolRepair.Of(Encoding.UTF8.GetBytes(definition)).ShouldBeNull();

    [Theory]
    [InlineData("""{"name":"t"}""", """{"name":"t","inputSchema":{"type":"object"}}""")]
    [InlineData("""{"name":"t","inputSchema":null,"description":null}""", """{"name":"t","inputSchema":{"type":"object"}}""")]
    [InlineData("""{"name":"t","inputSchema":{"properties":{}}}""", """{"name":"t","inputSchema":{"type":"object","properties":{}}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":[]}}""", """{"name":"t","inputSchema":{"type":"object","properties":{}}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":["object","null"]}}""", """{"name":"t","inputSchema":{"type":"object"}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":{"a":{"type":"str","required":true},"b":{"required":false}}}}""",
        """{"name":"t","inputSchema":{"type":"object","properties":{"a":{"type":"string"},"b":{}},"required":["a"]}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":{"a":{}},"required":["a","gone","a",7]}}""", """{"name":"t","inputSchema":{"type":"object","properties":{"a":{}},"required":["a"]}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":{"a":{}},"required":true}}""", """{"name":"t","inputSchema":{"type":"object","properties":{"a":{}}}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":{"a":"string","b":null}}}""", """{"name":"t","inputSchema":{"type":"object","properties":{"a":{"type":"string"},"b":{}}}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","$schema":"http://json-schema.org/draft-04/schema#","properties":{"a":{"minimum":1,"exclusiveMinimum":true}}}}""",
        """{"name":"t","inputSchema":{"type":"object","properties":{"a":{"exclusiveMinimum":1}}}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":{"a":{"$ref":"#/definitions/A"}},"$defs":{"A":{"type":"string"}}}}""",
        """{"name":"t","inputSchema":{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","properties":{"a":{"$ref":"https://example.com/a.json","description":"An a."}}}}""",
        """{"name":"t","inputSchema":{"type":"object","properties":{"a":{"description":"An a."}}}}""")]
    [InlineData("""{"name":"t","inputSchema":{"type":"object"},"outputSchema":null,"annotations":[]}""", """{"name":"t","inputSchema":{"type":"object"}}""")]
    public void A_common_mistake_is_repaired_and_said(string definition, string wanted)
    {
        var repaired = ToolRepair.Of(Encoding.UTF8.GetBytes(definition))!;

        JsonNode.DeepEquals(JsonNode.Parse(repaired.Definition.Span), JsonNode.Parse(wanted)).ShouldBeTrue(Encoding.UTF8.GetString(repaired.Definition.Span));
        repaired.Repairs.ShouldNotBeEmpty();
        ToolRepair.Of(repaired.Definition.Span).ShouldBeNull("what is repaired is right");
    }

    [Theory]
    [InlineData("""{"name":"t","inputSchema":{"type":"object","type":"object","properties":null}}"""), InlineData("[]"), InlineData("""{"name":"\ud800","inputSchema":null}""")]
    public void What_cannot_be_read_is_left_as_it_is_and_hurts_nobody(string definition) => Should.NotThrow(() => ToolRepair.Of(Encoding.UTF8.GetBytes(definition)));

    [Fact]
    public void Definitions_beside_the_schema_are_brought_into_it()
    {
        var repaired = ToolRepair.Of("""{"name":"t","inputSchema":{"type":"object","properties":{"a":{"$ref":"#/definitions/A"}}},"definitions":{"A":{"type":"string"}}}"""u8)!;

        var schema = JsonNode.Parse(repaired.Definition.Span)!["inputSchema"]!;
        schema["properties"]!["a"]!["$ref"]!.GetValue<string>().ShouldBe("#/$defs/A");
        schema["$defs"]!["A"]!["type"]!.GetValue<string>().ShouldBe("string");
    }

    [Theory]
    [InlineData("""{"$anchor":"a"}""", true), InlineData("""{"$dynamicAnchor":"a"}""", true), InlineData("""{"$id":"#a"}""", true), InlineData("""{"$anchor":"b"}""", false)]
    public void A_reference_by_name_stays_when_a_schema_has_that_name(string named, bool stays) =>
        (ToolRepair.Of(Encoding.UTF8.GetBytes($$$"""{"name":"t","inputSchema":{"type":"object","properties":{"x":{"$ref":"#a"}},"$defs":{"A":{{{named}}} } } }""")) is null).ShouldBe(stays);

    [Fact]
    public void Many_references_by_name_cost_what_the_definition_is_long_and_not_its_square()
    {
        var references = string.Join(',', Enumerable.Range(0, ToolRepair.MostReferences - 96).Select(_ => """{"$ref":"#a"}"""));
        var definition = Encoding.UTF8.GetBytes($$$"""{"name":"t","inputSchema":{"type":"object","anyOf":[{{{references}}}]}}""");

        Allocated(() => ToolRepair.Of(definition).ShouldNotBeNull()).ShouldBeLessThan(definition.Length * 400L);
    }

    [Fact]
    public void A_long_name_is_not_written_into_the_path_of_everything_within_it()
    {
        var within = string.Join(',', Enumerable.Range(0, 4000).Select(_ => """{"a":{}}"""));
        var definition = Encoding.UTF8.GetBytes($$$"""{"name":"t","inputSchema":{"type":"object","properties":{"{{{new string('n', 100_000)}}}":{"anyOf":[{{{within}}}]} } } }""");

        Allocated(() => ToolRepair.Of(definition).ShouldBeNull()).ShouldBeLessThan(definition.Length * 400L);
    }

    [Fact]
    public void A_definition_with_more_references_than_anybody_means_stays_as_it_was_sent_and_says_so()
    {
        var references = string.Join(',', Enumerable.Range(0, ToolRepair.MostReferences + 1).Select(_ => """{"$ref":"#a"}"""));
        var definition = Encoding.UTF8.GetBytes($$$"""{"name":"t","inputSchema":{"anyOf":[{{{references}}}]}}""");

        var left = ToolRepair.Of(definition)!;

        left.Definition.ToArray().ShouldBe(definition);
        left.Repairs.ShouldHaveSingleItem().ShouldContain("references");
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
