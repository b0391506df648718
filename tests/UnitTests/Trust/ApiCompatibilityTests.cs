using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Trust;

/// <summary>What the comparison of API descriptions lets pass, and what it finds.</summary>
public sealed class ApiCompatibilityTests
{
    private const string Document = """
        {"paths":{"/things":{
          "get":{"parameters":[{"name":"limit","in":"query","schema":{"type":["integer","string"]}}],
                 "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}}}},
          "post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Body"}}}},"responses":{"201":{}}}}},
         "components":{"schemas":{
          "Thing":{"type":"object","required":["id","parts"],"properties":{"id":{"type":"string"},"parts":{"type":"array","items":{"$ref":"#/components/schemas/Thing"}},"note":{"type":["null","string"]}}},
          "Body":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"kind":{"enum":["a","b"]}}}}}}
        """;

    [Theory]
    [InlineData("paths./things.put", """{"responses":{"200":{}}}""")]
    [InlineData("paths./more", """{"get":{"responses":{"200":{}}}}""")]
    [InlineData("components.schemas.Thing.properties.color", """{"type":"string"}""")]
    [InlineData("components.schemas.Thing.required", """["id","parts","note"]""")]
    [InlineData("components.schemas.Body.properties.color", """{"type":"string"}""")]
    [InlineData("components.schemas.Body.properties.kind.enum", """["a","b","c"]""")]
    [InlineData("components.schemas.Body.required", "[]")]
    [InlineData("paths./things.get.parameters", """[{"name":"limit","in":"query","schema":{"type":["integer","string"]}},{"name":"q","in":"query"}]""")]
    [InlineData("paths./things.get.responses.404", "{}")]
    public void What_is_added_breaks_nothing(string at, string value) => ApiCompatibility.Breaks(JsonNode.Parse(Document)!, With(at, value)).ShouldBeEmpty();

    [Theory]
    [InlineData("paths./things.post", null, "POST /things is gone.")]
    [InlineData("paths./things", null, "GET /things is gone.")]
    [InlineData("components.schemas.Thing.properties.id", null, "GET /things: 200.id is gone.")]
    [InlineData("components.schemas.Thing.properties.id.type", "\"integer\"", "GET /things: 200.id is integer instead of string.")]
    [InlineData("components.schemas.Thing.properties.note.type", """["null","string","integer"]""", "GET /things: 200.note is null or string or integer instead of null or string.")]
    [InlineData("components.schemas.Thing.required", """["id"]""", "GET /things: 200.parts may be missing now.")]
    [InlineData("components.schemas.Body.required", """["name","kind"]""", "POST /things: the body requires kind.")]
    [InlineData("components.schemas.Body.properties.kind.enum", """["a"]""", "POST /things: the body.kind no longer takes b.")]
    [InlineData("components.schemas.Body.properties.name", null, "POST /things: the body.name is gone.")]
    [InlineData("paths./things.get.parameters", "[]", "GET /things no longer takes limit (query).")]
    [InlineData("paths./things.get.parameters.0.schema.type", "\"integer\"", "GET /things takes limit (query) as integer instead of integer or string.")]
    [InlineData("paths./things.get.parameters.0.required", "true", "GET /things requires limit (query).")]
    [InlineData("paths./things.get.responses.200", null, "GET /things no longer answers 200.")]
    public void What_goes_or_becomes_required_is_named(string at, string? value, string complaint) =>
        ApiCompatibility.Breaks(JsonNode.Parse(Document)!, With(at, value)).ShouldContain(complaint);

    private static JsonNode With(string at, string? value)
    {
        var document = JsonNode.Parse(Document)!;
        var names = at.Split('.');
        var parent = names[..^1].Aggregate(document, (node, name) => node is JsonArray items ? items[int.Parse(name)]! : node[name]!);
        if (value is null)
        {
            parent.AsObject().Remove(names[^1]);
        }
        else
        {
            parent[names[^1]] = JsonNode.Parse(value);
        }

        return document;
    }
}
