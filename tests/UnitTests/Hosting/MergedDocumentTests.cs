using System.Text.Json.Nodes;
using McpPlatform.Hosting.Documentation;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class MergedDocumentTests
{
    [Fact]
    public void Operations_components_and_tags_of_both_are_there_once()
    {
        var own = JsonNode.Parse("""{"openapi":"3.1.1","paths":{"/a":{"get":{}}},"components":{"schemas":{"E":{"x":1}}},"tags":[{"name":"A"}]}""")!.AsObject();
        var other = JsonNode.Parse("""{"openapi":"3.1.1","paths":{"/a":{"put":{}},"/b":{"get":{}}},"components":{"schemas":{"E":{"x":2},"F":{}},"securitySchemes":{"S":{}}},"tags":[{"name":"A"},{"name":"B"}]}""")!.AsObject();

        MergedDocument.Merge(own, other);

        JsonNode.DeepEquals(own, JsonNode.Parse("""
            {"openapi":"3.1.1","paths":{"/a":{"get":{},"put":{}},"/b":{"get":{}}},"components":{"schemas":{"E":{"x":1},"F":{}},"securitySchemes":{"S":{}}},"tags":[{"name":"A"},{"name":"B"}]}
            """)).ShouldBeTrue(own.ToJsonString());
    }

    [Fact]
    public void A_document_without_any_of_them_takes_all()
    {
        var own = new JsonObject();

        MergedDocument.Merge(own, JsonNode.Parse("""{"paths":{"/b":{}},"components":{"schemas":{"F":{}}},"tags":[{"name":"B"}]}""")!.AsObject());

        own.ToJsonString().ShouldBe("""{"paths":{"/b":{}},"components":{"schemas":{"F":{}}},"tags":[{"name":"B"}]}""");
    }
}
