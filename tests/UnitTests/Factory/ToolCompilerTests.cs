using System.Text.Json;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Packs;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.Factory.Sources;

namespace McpPlatform.UnitTests.Factory;

public sealed class ToolCompilerTests
{
    [Fact]
    public void One_name_in_three_places_is_three_arguments()
    {
        var tool = Tool(Document("""
            {"/s/{id}":{"post":{"parameters":[{"name":"id","in":"query"},{"name":"id","in":"path","required":true},{"name":"id","in":"header"},{"name":"body","in":"query"}],
            "requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"id":{"type":"string"}}}}}}}}}
            """));

        tool.Operation.Parameters.Select(p => (p.Argument, p.In)).ShouldBe(
            [("id", ParameterPlace.Path), ("id__query", ParameterPlace.Query), ("body__query", ParameterPlace.Query), ("id__header", ParameterPlace.Header)]);
        tool.Operation.Body!.Argument.ShouldBe("body");
    }

    [Fact]
    public void Argument_names_are_ones_that_clients_accept_while_the_wire_keeps_its_own()
    {
        var tool = Tool(Document("""{"/x":{"get":{"parameters":[{"name":"filter[a]","in":"query"},{"name":"=","in":"query"},{"name":"+","in":"query"}]}}}"""));

        tool.Operation.Parameters.Select(p => (p.Argument, p.Name)).ShouldBe([("filter_a_", "filter[a]"), ("_", "="), ("___query", "+")]);
    }

    [Theory]
    [InlineData("get", true, false, true)]
    [InlineData("put", false, true, true)]
    [InlineData("post", false, false, false)]
    [InlineData("patch", false, true, false)]
    [InlineData("delete", false, true, true)]
    public void Annotations_come_from_the_method(string method, bool readOnly, bool destructive, bool idempotent) =>
        Tool(Document("""{"/x":{"§":{}}}""".Replace("§", method, StringComparison.Ordinal))).Annotations.ShouldBe(new PackAnnotations(readOnly, destructive, idempotent, true));

    [Fact]
    public void Names_that_collide_or_are_cut_carry_a_hash()
    {
        var analysis = Analyzed(Document("""{"/a":{"get":{"operationId":"same"}},"/b":{"get":{"operationId":"Same"}},"/c":{"get":{"operationId":"§"}},"/d/{x}":{"get":{}}}""".Replace("§", new string('o', 300), StringComparison.Ordinal)));

        analysis.Names[0].ShouldMatch("^same_[0-9a-f]{8}$");
        analysis.Names[1].ShouldMatch("^Same_[0-9a-f]{8}$");
        analysis.Names[2].Length.ShouldBe(48);
        analysis.Names[3].ShouldBe("get_d_x");
    }

    [Fact]
    public void Read_only_properties_are_neither_asked_for_nor_required()
    {
        var tool = Tool(WithBody(
            """{"allOf":[{"$ref":"#/components/schemas/A"},{"type":"object","required":["id","name"]}]}""",
            """{"A":{"type":"object","required":["id","name"],"properties":{"id":{"type":"string","readOnly":true},"name":{"type":"string"},"at":{"$ref":"#/components/schemas/At"}}},"At":{"type":"string","readOnly":true}}"""));

        var text = tool.InputSchema.GetRawText();
        text.ShouldNotContain("\"id\"");
        text.ShouldNotContain("\"at\"");
        text.ShouldContain("\"required\":[\"name\"]");
    }

    [Fact]
    public void Schemas_before_31_become_2020_12()
    {
        var body = Tool(WithBody(
            """{"type":"object","properties":{"a":{"type":"integer","nullable":true,"minimum":1,"exclusiveMinimum":true,"example":{"$ref":"#/nowhere"}},"b":{"$ref":"#/components/schemas/B","nullable":true},"c":{"type":"string","enum":["x"],"nullable":true}}}""",
            """{"B":{"type":"object","x-doc":{"$ref":"https://evil.example/x"}}}""",
            "3.0.3")).InputSchema.GetProperty("properties").GetProperty("body").GetProperty("properties");

        body.GetProperty("a").GetRawText().ShouldBe("""{"type":["integer","null"],"exclusiveMinimum":1}""");
        body.GetProperty("b").GetRawText().ShouldBe("""{"anyOf":[{"$ref":"#/$defs/B"},{"type":"null"}]}""");
        body.GetProperty("c").GetRawText().ShouldBe("""{"type":["string","null"],"enum":["x",null]}""");
    }

    [Fact]
    public void What_31_says_stays_as_it_is()
    {
        var body = Tool(WithBody("""{"type":"array","prefixItems":[{"const":1},{"const":1.0}],"contains":{"type":"string"},"minContains":1,"items":false}""")).InputSchema;

        body.GetProperty("properties").GetProperty("body").GetRawText().ShouldBe("""{"type":"array","prefixItems":[{"const":1},{"const":1.0}],"contains":{"type":"string"},"minContains":1,"items":false}""");
    }

    [Theory]
    [InlineData("""{"A":{"$ref":"#/components/schemas/A"}}""")]
    [InlineData("""{"A":{"allOf":[{"$ref":"#/components/schemas/A"}]}}""")]
    [InlineData("""{"A":{"anyOf":[{"$ref":"#/components/schemas/B"}]},"B":{"oneOf":[{"$ref":"#/components/schemas/A"},{"type":"string"}]}}""")]
    [InlineData("""{"A":{"$ref":"#/components/schemas/B"},"B":{"$ref":"#/components/schemas/A"}}""")]
    public void Schemas_that_include_themselves_end(string schemas)
    {
        var analysis = Analyzed(WithBody("""{"$ref":"#/components/schemas/A"}""", schemas));

        SchemaCheck.Problems(analysis.Tools.Single().InputSchema).ShouldBeEmpty();
        analysis.Notices.ShouldContain(n => n.Code == "schema.endless");
    }

    [Fact]
    public void Recursive_properties_stay_recursive()
    {
        var tool = Tool(WithBody("""{"$ref":"#/components/schemas/A"}""", """{"A":{"type":"object","properties":{"child":{"$ref":"#/components/schemas/A"}}},"Unused":{"type":"string"}}"""));

        tool.InputSchema.GetProperty("$defs").GetRawText().ShouldBe("""{"A":{"type":"object","properties":{"child":{"$ref":"#/$defs/A"}}}}""");
    }

    [Fact]
    public void Exponential_references_stay_small()
    {
        var schemas = string.Join(',', Enumerable.Range(0, 25).Select(i =>
            """  "S§":{"type":"object","properties":{"l":{"$ref":"#/components/schemas/S¶"},"r":{"$ref":"#/components/schemas/S¶"}}}"""
                .Replace("§", $"{i}", StringComparison.Ordinal).Replace("¶", $"{i + 1}", StringComparison.Ordinal)));

        Tool(WithBody("""{"$ref":"#/components/schemas/S0"}""", $"{{{schemas},\"S25\":{{\"type\":\"string\"}}}}")).InputSchema.GetRawText().Length.ShouldBeLessThan(5000);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("http://169.254.169.254/x.json")]
    [InlineData("#/components/schemas/~2")]
    [InlineData("#/components/schemas/None")]
    public void Requests_with_references_to_elsewhere_are_refused_with_the_reason(string reference)
    {
        var error = Analyze(WithBody("""{"$ref":"#/components/schemas/A"}""", """{"A":{"$ref":"§"}}""".Replace("§", reference, StringComparison.Ordinal))).Error!;

        error.Code.ShouldBe("pack.no_tools");
        error.Details!.Single().Message.ShouldContain("the reference");
    }

    [Fact]
    public void Words_in_examples_are_no_references()
    {
        var tool = Tool(WithBody("""{"type":"object","example":{"$ref":"http://127.0.0.1/x"},"default":{"$ref":"x"},"properties":{"$ref":{"type":"string"}}}"""));

        var body = tool.InputSchema.GetProperty("properties").GetProperty("body");
        body.GetProperty("default").GetRawText().ShouldBe("""{"$ref":"x"}""");
        body.GetProperty("properties").GetProperty("$ref").GetRawText().ShouldBe("""{"type":"string"}""");
    }

    [Theory]
    [InlineData("/../../admin")]
    [InlineData("http://127.0.0.1/x")]
    [InlineData("/a\\r\\nHost: evil")]
    [InlineData("/a?x=1")]
    [InlineData("/a/{id")]
    [InlineData("@127.0.0.1/x")]
    public void Paths_that_change_where_a_call_goes_are_refused(string path) =>
        Analyze(Document("""{"§":{"get":{}}}""".Replace("§", path, StringComparison.Ordinal))).Error!.Code.ShouldBe("pack.no_tools");

    [Fact]
    public void A_variable_without_a_parameter_is_a_string()
    {
        var analysis = Analyzed(Document("""{"/a/{nope}":{"get":{}}}"""));

        analysis.Tools.Single().Operation.Parameters.Single().ShouldBe(new PackParameter("nope", ParameterPlace.Path, "nope", ParameterStyle.Simple, false, false, true));
        analysis.Notices.ShouldContain(n => n.Code == "parameter.undeclared");
    }

    [Theory]
    [InlineData("Content-Length")]
    [InlineData("Cookie")]
    [InlineData("Host")]
    [InlineData("Authorization")]
    [InlineData("Transfer-Encoding")]
    public void Headers_of_the_connection_are_no_arguments(string header) =>
        Tool(Document("""{"/x":{"get":{"parameters":[{"in":"header","name":"§","schema":{"type":"string"}}]}}}""".Replace("§", header, StringComparison.Ordinal))).Operation.Parameters.ShouldBeEmpty();

    [Fact]
    public void A_body_on_get_is_dropped_with_a_notice()
    {
        var analysis = Analyzed(Document("""{"/x":{"get":{"requestBody":{"content":{"application/json":{"schema":{"type":"object"}}}}}}}"""));

        analysis.Tools.Single().Operation.Body.ShouldBeNull();
        analysis.Notices.ShouldContain(n => n.Code == "operation.body_dropped");
    }

    [Fact]
    public void Operations_of_32_are_tools_too()
    {
        var analysis = Analyzed(Document("""{"/x":{"query":{"operationId":"q"},"additionalOperations":{"COPY":{"operationId":"c"}}}}""", version: "3.2.0"));

        analysis.Tools.Select(t => (t.Name, t.Operation.Method)).ShouldBe([("q", "QUERY"), ("c", "COPY")]);
    }

    [Theory]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", """{"type":"object","properties":{"result":{"type":["array","null"],"items":{"type":["number","null"]}}}}""")]
    [InlineData("""{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":{"type":"string","enum":["x"]}}}""", """{"type":"object","properties":{"a":{"type":["string","null"]}}}""")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"object"}]}""", null)]
    [InlineData("""{}""", null)]
    public void Output_schemas_promise_only_what_a_good_answer_cannot_break(string schema, string? expected)
    {
        var tool = Tool(Document("""{"/x":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":§}}}}}}}""".Replace("§", schema, StringComparison.Ordinal)));

        tool.OutputSchema?.GetRawText().ShouldBe(expected);
    }

    [Fact]
    public void A_broken_answer_does_not_take_the_tool_with_it()
    {
        var analysis = Analyzed(Document("""{"/x":{"get":{"responses":{"200":{"$ref":"#/components/responses/None"}}}}}"""));

        analysis.Tools.ShouldHaveSingleItem();
        analysis.Notices.ShouldContain(n => n.Code == "response.unreadable");
    }

    [Fact]
    public void Files_of_a_multipart_body_are_base64_with_a_name_where_wanted()
    {
        var tool = Tool(Document("""
            {"/x":{"post":{"requestBody":{"required":true,"content":{"multipart/form-data":{"schema":{"type":"object","required":["file"],
            "properties":{"file":{"type":"string","format":"binary"},"files":{"type":"array","items":{"type":"string","format":"binary"}},"n":{"type":"integer"}}}}}}}}}
            """));

        tool.Operation.Body!.Kind.ShouldBe(BodyKind.Multipart);
        tool.Operation.Body.Parts.Where(p => p.Value.IsFile).Select(p => p.Key).ShouldBe(["file", "files"]);
        tool.InputSchema.GetRawText().ShouldContain("\"contentEncoding\":\"base64\"");
    }

    [Fact]
    public void Swagger_forms_and_collections_find_their_places()
    {
        var tool = Tool("""
            {"swagger":"2.0","host":"api.example.com","basePath":"/v1","schemes":["http","https"],"paths":{"/x/{id}":{"post":{"consumes":["multipart/form-data"],"parameters":[
            {"name":"id","in":"path","required":true,"type":"string"},{"name":"q","in":"query","type":"array","items":{"type":"string"},"collectionFormat":"multi"},
            {"name":"p","in":"query","type":"array","items":{"type":"string"},"collectionFormat":"pipes"},{"name":"f","in":"formData","type":"file","required":true}]}}}}
            """);

        tool.Operation.Parameters.Select(p => (p.Name, p.Style, p.Explode)).ShouldBe([("id", ParameterStyle.Simple, false), ("q", ParameterStyle.Form, true), ("p", ParameterStyle.PipeDelimited, false)]);
        tool.Operation.Body!.Parts["f"].IsFile.ShouldBeTrue();
        tool.InputSchema.GetProperty("required").GetRawText().ShouldBe("""["id","body"]""");
    }

    [Fact]
    public void Hidden_characters_do_not_reach_models() =>
        Tool(Document("{\"/x\":{\"get\":{\"summary\":\"Li\\u202est\\u200b\",\"description\":\"a\\u0007b\"}}}")).Description.ShouldBe("List\n\nab");
}
