using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Profiles;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class ClientProfileTests
{
    private static readonly string Long = new('n', 80);

    [Theory]
    [InlineData("cursor-vscode", "cursor"), InlineData("Cursor", "cursor"), InlineData("claude-ai", "claude"), InlineData("gemini-cli-mcp-client", "gemini"), InlineData("openai-mcp", "openai")]
    [InlineData("cursorial", null), InlineData("wire", null), InlineData("", null)]
    public void A_client_is_known_by_its_own_name(string client, string? profile) =>
        (ProfileSet.BuiltIn.Of(Encoding.UTF8.GetBytes($$"""{"version":"1","name":"{{client}}"}"""))?.Name).ShouldBe(profile);

    [Theory]
    [InlineData(""), InlineData("{}"), InlineData("""{"name":7}"""), InlineData("""{"name":null}"""), InlineData("[]")]
    public void A_client_that_does_not_say_its_name_has_no_profile(string info) => ProfileSet.BuiltIn.Of(Encoding.UTF8.GetBytes(info)).ShouldBeNull();

    [Fact]
    public void The_operators_profiles_add_to_the_built_in_ones_and_replace_them()
    {
        var set = ProfileSet.With("""{"cursor":{"max_tools":80,"clients":["cursor"]},"own":{"timeout_ms":5000,"clients":["my-agent*"]}}""");

        (set.Find("cursor")!.MaxTools, set.Find("cursor")!.MaxNameLength, set.Find("gemini")!.Schema is null).ShouldBe((80, null, false));
        set.Of("""{"name":"my-agent-2"}"""u8.ToArray())!.Within(RequestTimers.None).Total.ShouldBe(TimeSpan.FromSeconds(5));
        set.Find("own")!.Within(new RequestTimers(null, null, null, null, TimeSpan.FromSeconds(1))).Total.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("""{"x":{"max_tools":0}}"""), InlineData("""{"x":{"unknown":1}}"""), InlineData("""{"x":{"clients":["*"]}}"""), InlineData("[")]
    public void A_mistake_in_the_operators_profiles_is_said(string json) => Should.Throw<JsonException>(() => ProfileSet.With(json));

    [Fact]
    public void Names_that_are_too_long_or_have_other_characters_are_shortened_always_the_same_and_found_again()
    {
        var routes = Routes(Long, Long + "2", "with.dot", "fine");
        var views = ProfileSet.BuiltIn.Find("cursor")!.Views.Of(routes.Servers["s"].Tools, ownNames: true);

        var names = views.Definitions.Select(definition => JsonNode.Parse(definition.Span)!["name"]!.GetValue<string>()).ToList();

        names.ShouldAllBe(name => name.Length <= 60 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_' || c == '-'));
        names.ShouldBeUnique();
        names.ShouldContain("fine");
        names.Where(name => name != "fine").ShouldAllBe(name => views.Find(name) != null);
        views.Find(names.Single(name => name.StartsWith("with", StringComparison.Ordinal)))!.Name.ShouldBe("with.dot");
        ProfileSet.BuiltIn.Find("cursor")!.Views.Of(routes.Servers["s"].Tools, ownNames: true).ShouldBeSameAs(views);
    }

    [Fact]
    public void A_shortened_name_never_comes_to_mean_a_tool_that_is_called_so()
    {
        var cursor = ProfileSet.BuiltIn.Find("cursor")!;
        var made = ShortName.Of(Long, cursor)!;
        var views = cursor.Views.Of(Routes(Long, made).Servers["s"].Tools, ownNames: true);

        views.Find(made)!.Name.ShouldBe(Long);
        var names = views.Definitions.Select(definition => JsonNode.Parse(definition.Span)!["name"]!.GetValue<string>()).ToList();
        names.ShouldBeUnique();
        names.Select(name => views.Find(name)!.Name).ShouldBe([Long, made], ignoreOrder: true);
        names.ShouldAllBe(name => name.Length <= 60);

        // Without the tool that it was made for it means none, and not the other one.
        cursor.Views.Of(Routes(made).Servers["s"].Tools, ownNames: true).Find(made).ShouldBeNull();
        cursor.Makes(made).ShouldBeTrue();
    }

    [Theory]
    [InlineData("fine", false), InlineData("a_0123456789abcdef", true), InlineData("a_0123456789ABCDEF", false), InlineData("a_0123456789abcde", false), InlineData("_0123456789abcdef012345", true)]
    public void A_name_is_known_by_its_form_where_names_are_shortened_at_all(string name, bool isMade)
    {
        ProfileSet.BuiltIn.Find("cursor")!.Makes(name).ShouldBe(isMade);
        ProfileSet.With("""{"own":{"max_tools":5}}""").Find("own")!.Makes(name).ShouldBeFalse();
    }

    [Fact]
    public void The_shortest_limit_of_a_profile_leaves_room_for_every_form_of_a_name()
    {
        var least = ProfileSet.With("""{"own":{"max_name_length":24}}""").Find("own")!;

        ((string[])[ShortName.Of(Long, least)!, ShortName.OnCollision(Long, least)]).ShouldAllBe(name => name.Length == 24 && name[0] == 'n' && least.Makes(name));
    }

    [Fact]
    public void A_list_ends_at_the_profiles_cap_and_says_how_much_it_leaves_out()
    {
        var names = Enumerable.Range(0, 250).Select(i => $"t{i:d3}").ToArray();
        var (few, many) = (ProfileSet.With("""{"few":{"max_tools":40}}""").Find("few"), ProfileSet.With("""{"many":{"max_tools":230}}""").Find("many"));

        var capped = List(names, few, null);
        (capped["tools"]!.AsArray().Count, capped["_meta"]![CatalogList.OmittedKey]!.GetValue<int>(), capped["nextCursor"]).ShouldBe((40, 210, null));

        var first = List(names, many, null);
        first["tools"]!.AsArray().Count.ShouldBe(200);
        var second = List(names, many, first["nextCursor"]!.GetValue<string>());
        (second["tools"]!.AsArray().Count, second["_meta"]![CatalogList.OmittedKey]!.GetValue<int>()).ShouldBe((30, 20));
        List(names[..40], few, null)["_meta"].ShouldBeNull();
    }

    [Fact]
    public void Without_a_profile_a_list_is_what_it_was_byte_for_byte()
    {
        var text = Text(["a", "b"], null, null);

        text.ShouldBe("""{"tools":[{"name":"a","x":9007199254740993.0,"inputSchema":{"type":"object"}},{"name":"b","x":9007199254740993.0,"inputSchema":{"type":"object"}}]}""");
    }

    [Fact]
    public void Gemini_gets_schemas_without_the_keywords_that_it_cannot_take()
    {
        var written = Write("gemini", """
            {"type":"object","$schema":"https://json-schema.org/draft/2020-12/schema","additionalProperties":false,"$defs":{"Node":{"type":"object","properties":{"next":{"$ref":"#/$defs/Node"},"kind":{"const":"leaf"}}}},
             "properties":{"node":{"$ref":"#/$defs/Node"},"maybe":{"type":["string","null"]},"or":{"anyOf":[{"type":"integer"},{"type":"null"}]},"one":{"oneOf":[{"type":"string"},{"type":"integer"}]},
             "mail":{"type":"string","format":"email"},"level":{"enum":[1,2]},"list":{"type":"array"}}}
            """);

        written.ToJsonString().ShouldNotContain("$ref");
        ((string[])["$schema", "$defs", "additionalProperties", "oneOf", "const", "email"]).ShouldAllBe(keyword => !written.ToJsonString().Contains(keyword));
        var properties = written["properties"]!;
        properties["node"]!["properties"]!["kind"]!["enum"]!.ToJsonString().ShouldBe("""["leaf"]""");
        properties["maybe"]!.ToJsonString().ShouldBe("""{"type":"string","nullable":true}""");
        properties["or"]!.ToJsonString().ShouldBe("""{"type":"integer","nullable":true}""");
        properties["one"]!["anyOf"]!.AsArray().Count.ShouldBe(2);
        properties["list"]!["items"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData(180 * 1024, 2000, 512 * 1024), InlineData(4000, 2000, 64 * 1024 * 4), InlineData(10, 2000, 64 * 1024 * 4)]
    public void References_are_written_out_as_far_as_bytes_are_allowed_and_take_anything_beyond(int description, int references, int most)
    {
        var properties = string.Join(',', Enumerable.Range(0, references).Select(i => $$"""  "p{{i}}":{"$ref":"#/$defs/a"}"""));
        var schema = $$$"""{"type":"object","$defs":{"a":{"type":"string","description":"{{{new string('d', description)}}}"}},"properties":{{{{properties}}}}}""";

        var written = Write("gemini", schema);

        var text = written.ToJsonString();
        text.ShouldNotContain("$ref");
        Encoding.UTF8.GetByteCount(text).ShouldBeLessThan(most + schema.Length);
        var types = written["properties"]!.AsObject().Select(property => property.Value!["type"]!.GetValue<string>()).ToList();
        types.Count.ShouldBe(references);
        types[0].ShouldBe("string");
        types.Contains("object").ShouldBe(description > 10);
    }

    [Fact]
    public void Strict_schemas_are_closed_and_draft_7_ones_spelled_as_then()
    {
        var strict = Write("openai-strict", """{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"string","format":"uri","default":"x"}}}}}""");
        (strict["additionalProperties"]!.GetValue<bool>(), strict["properties"]!["a"]!["additionalProperties"]!.GetValue<bool>()).ShouldBe((false, false));
        strict["properties"]!["a"]!["properties"]!["b"]!.ToJsonString().ShouldBe("""{"type":"string"}""");

        var old = Write("draft-07", """{"type":"object","$defs":{"A":{}},"properties":{"a":{"$ref":"#/$defs/A"},"t":{"prefixItems":[{"type":"string"}],"items":false}},"dependentRequired":{"a":["t"]}}""");
        old["properties"]!["a"]!["$ref"]!.GetValue<string>().ShouldBe("#/definitions/A");
        old["properties"]!["t"]!.ToJsonString().ShouldBe("""{"items":[{"type":"string"}],"additionalItems":false}""");
        (old["definitions"] is null, old["dependencies"] is null, old["$schema"]!.GetValue<string>()).ShouldBe((false, false, "http://json-schema.org/draft-07/schema#"));
    }

    private static JsonNode Write(string profile, string schema) =>
        JsonNode.Parse(DialectWriter.Write(Encoding.UTF8.GetBytes($$"""{"name":"t","inputSchema":{{schema}}}"""), ProfileSet.BuiltIn.Find(profile)!.Schema!).Span)!["inputSchema"]!;

    private static JsonNode List(string[] tools, ClientProfile? profile, string? cursor) => JsonNode.Parse(Text(tools, profile, cursor))!;

    // One state for all pages of a list.
    private static string Text(string[] tools, ClientProfile? profile, string? cursor)
    {
        var state = new GatewayState(PolicyState.Compile(Snapshots.Policy(1), PolicyState.Empty), RegistryState.Compile(Snapshots.Registry(1, Snapshots.Server("s", tools)), RegistryState.Empty), 0, 0);
        using var output = new PooledBuffer();
        CatalogList.TryWrite(
            state, state.Policy.Keys.Values.Single(), McpMethods.ListTools, state.Registry.RoutesOf(DefaultTenant.Id).Servers["s"], ProtocolEra.Modern, cursor, new Asked(DateTimeOffset.UnixEpoch, null), output,
            profile: profile).ShouldBeTrue();
        return Encoding.UTF8.GetString(output.Written.Span);
    }

    private static TenantRoutes Routes(params string[] tools) => RegistryState.Compile(Snapshots.Registry(1, Snapshots.Server("s", tools)), RegistryState.Empty).RoutesOf(DefaultTenant.Id);
}
