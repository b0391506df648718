using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

public sealed class ToolSetTests
{
    private const string Schema = """
        "description":"Lists.","annotations":{"readOnlyHint":false,"x":1.50},
        "inputSchema":{"type":"object","properties":{"tenant":{"type":"string"},"q":{"type":"string"},"n":{"type":"integer"}},"required":["tenant","q"]},"own":9007199254740993.0
        """;

    [Fact]
    public void A_set_shows_what_its_members_name_and_nothing_else()
    {
        var terms = SetBench.Terms(new SetMember("git*", Tools: ["list_*"]), new SetMember(Tag: "public", Tools: ["echo"])) with { Exclude = ["github/list_secrets", "delete_*"] };
        var tagged = SetBench.Server("up", ("echo", Schema), ("other", Schema)) with { Tags = ["public"] };

        var bench = SetBench.Of(terms, SetBench.Server("github", ("list_issues", Schema), ("list_secrets", Schema), ("delete_all", Schema)), SetBench.Server("gitlab", ("list_issues", Schema)), tagged);

        bench.Names().ShouldBe(["github__list_issues", "gitlab__list_issues", "up__echo"]);
    }

    [Fact]
    public void Renames_words_and_annotations_take_the_place_of_the_servers_and_the_rest_stays_as_it_is()
    {
        var change = new SetOverride("github", "list", Rename: "issues", Title: "Issues", Description: "What is open.", Annotations: SetBench.Json("""{"readOnlyHint":true,"x":null}"""));

        var tool = SetBench.Of(SetBench.Terms(new SetMember("github")) with { Overrides = [change] }, SetBench.Server("github", ("list", Schema))).List().GetProperty("tools")[0];

        tool.GetProperty("name").GetString().ShouldBe("issues");
        (tool.GetProperty("title").GetString(), tool.GetProperty("description").GetString()).ShouldBe(("Issues", "What is open."));
        tool.GetProperty("annotations").GetRawText().ShouldBe("""{"readOnlyHint":true}""");
        tool.GetProperty("own").GetRawText().ShouldBe("9007199254740993.0");
    }

    [Fact]
    public void A_fixed_argument_is_not_in_the_definition_and_in_every_call()
    {
        var bench = Fixed();

        var schema = bench.List().GetProperty("tools")[0].GetProperty("inputSchema");
        schema.GetProperty("properties").EnumerateObject().Select(p => p.Name).ShouldBe(["q", "n"]);
        schema.GetProperty("required").GetRawText().ShouldBe("""["q"]""");

        var (call, refusal) = bench.Call("""{"name":"github__list","arguments":{"q":"x","n":1.50},"_meta":{"a":1}}""");

        refusal.ShouldBeNull();
        Encoding.UTF8.GetString(call.Message.Params.Span).ShouldBe("""{"name":"list","arguments":{"q":"x","n":1.50,"tenant":"acme"},"_meta":{"a":1}}""");
        Encoding.UTF8.GetString(call.Message.Arguments.Span).ShouldContain("acme", customMessage: "policy, limits and records read these");
    }

    [Theory]
    [InlineData("""{"name":"github__list"}""", """{"tenant":"acme"}""")]
    [InlineData("""{"name":"github__list","arguments":null}""", """{"tenant":"acme"}""")]
    [InlineData("""{"name":"github__list","arguments":{}}""", """{"tenant":"acme"}""")]
    public void A_call_without_arguments_gets_those_that_are_fixed(string parameters, string arguments)
    {
        var (call, refusal) = Fixed().Call(parameters);

        refusal.ShouldBeNull();
        Encoding.UTF8.GetString(call.Message.Arguments.Span).ShouldBe(arguments);
    }

    [Theory]
    [InlineData("tenant"), InlineData("Tenant"), InlineData("TENANT")]
    public void A_client_that_sends_a_fixed_argument_is_told_so_and_its_value_counts_nowhere(string name)
    {
        var (call, refusal) = Fixed().Call($$$"""{"name":"github__list","arguments":{"q":"x","{{{name}}}":"other"}}""");

        refusal!.Code.ShouldBe("argument.fixed");
        refusal.Error.Message.ShouldContain($"'{name}'");
        JsonDocument.Parse(call.Message.Arguments).RootElement.GetProperty("tenant").GetString().ShouldBe("acme");
    }

    [Fact]
    public void Who_may_not_call_a_tool_learns_nothing_by_sending_its_fixed_argument()
    {
        const string Nothing = """{"roles":[{"name":"caller","grants":[{"id":"a","effect":"allow","actions":["tools:call"],"resources":["tool:other/*"]}]}]}""";
        var bench = SetBench.Of(Nothing, FixedTerms, SetBench.Server("github", ("list", Schema)), SetBench.Server("other", ("x", Schema)));

        var hidden = bench.Call("""{"name":"github__list","arguments":{"tenant":"x"}}""").Refusal!;
        var unknown = bench.Call("""{"name":"github__nothing","arguments":{"tenant":"x"}}""").Refusal!;

        hidden.Error.ShouldBe(unknown.Error);
    }

    [Theory]
    [InlineData("[1]"), InlineData("\"x\""), InlineData("1")]
    public void Arguments_that_are_no_object_are_refused_instead_of_sent_without_what_is_fixed(string arguments) =>
        Fixed().Call($$"""{"name":"github__list","arguments":{{arguments}}}""").Refusal!.Code.ShouldBe("params.malformed");

    [Fact]
    public void Policy_decides_by_fixed_arguments_too_and_by_the_servers_own_name()
    {
        const string Bounded = """
            {"roles":[{"name":"caller","grants":[
              {"id":"all","effect":"allow","actions":["tools:call"],"resources":["tool:github/list"]},
              {"id":"no","effect":"deny","actions":["tools:call"],"resources":["tool:github/list"],"conditions":[{"attribute":"arguments.tenant","operator":"eq","value":"acme"}]}]}]}
            """;

        SetBench.Of(Bounded, FixedTerms, SetBench.Server("github", ("list", Schema))).Call("""{"name":"github__list"}""").Refusal!.Code.ShouldBe("policy.denied");
        SetBench.Of(Bounded, SetBench.Terms(new SetMember("github")) with { Overrides = [new SetOverride("github", "list", Rename: "other")] }, SetBench.Server("github", ("list", Schema)))
            .Call("""{"name":"other","arguments":{"tenant":"x"}}""").Refusal.ShouldBeNull();
    }

    [Fact]
    public void Own_names_are_used_where_one_item_wants_them_and_given_names_go_first()
    {
        var terms = SetBench.Terms(new SetMember("*")) with { Naming = ToolSetNaming.Own, Overrides = [new SetOverride("a", "x", Rename: "two")] };

        var bench = SetBench.Of(terms, SetBench.Server("a", ("x", Schema), ("one", Schema), ("same", Schema)), SetBench.Server("b", ("two", Schema), ("same", Schema)));

        bench.Names().ShouldBe(["a__same", "b__same", "b__two", "one", "two"]);
    }

    [Fact]
    public void Names_that_two_items_are_given_are_had_by_none()
    {
        var terms = SetBench.Terms(new SetMember("*")) with { Overrides = [new SetOverride("a", "x", Rename: "same"), new SetOverride("b", "x", Rename: "same")] };

        var names = SetBench.Of(terms, SetBench.Server("a", ("x", Schema)), SetBench.Server("b", ("x", Schema))).Names().ToList();

        names.ShouldBeUnique();
        names.ShouldNotContain("same");
    }

    [Fact]
    public void A_set_that_names_what_is_not_there_is_empty_and_seen_by_nobody()
    {
        var bench = SetBench.Of(SetBench.Terms(new SetMember("later", Tools: ["x"])), SetBench.Server("now", ("x", Schema)));

        bench.Names().ShouldBeEmpty();
        McpPlatform.Gateway.Calls.Access.IsVisible(bench.Caller, bench.Set, new(DateTimeOffset.UnixEpoch, null)).ShouldBeFalse();
    }

    [Fact]
    public void A_set_changes_with_the_lists_of_its_servers_and_not_with_those_of_others()
    {
        var bench = SetBench.Of(SetBench.Terms(new SetMember("a")), SetBench.Server("a", ("x", Schema)), SetBench.Server("b", ("x", Schema)));
        var (a, b) = (bench.State.Registry.RoutesOf(DefaultTenant.Id).Servers["a"], bench.State.Registry.RoutesOf(DefaultTenant.Id).Servers["b"]);

        Between(a.ServerId).ShouldBe(Change.Tools);
        Between(b.ServerId).ShouldBe(Change.None);

        Change Between(Guid server) => Changes.Between(bench.Set, bench.State.Registry.With(DefaultTenant.Id, server, [Snapshots.Tool("new")], new ServerOffer(null, null, [], [], []), new(McpPlatform.Gateway.Limits.LimitDefaults.Default, TimeProvider.System))!
            .RoutesOf(DefaultTenant.Id).Sets["set"]);
    }

    [Fact]
    public void Prompts_and_resources_are_those_of_the_set_alone()
    {
        var offer = new ServerOffer(null, null, [new("brief", SetBench.Json("""{"name":"brief"}""")), new("long", SetBench.Json("""{"name":"long"}"""))],
            [new("a://1", SetBench.Json("""{"uri":"a://1","name":"One"}""")), new("b://1", SetBench.Json("""{"uri":"b://1","name":"One"}"""))],
            [new("a://{x}", SetBench.Json("""{"uriTemplate":"a://{x}","name":"Any"}"""))]);
        var terms = SetBench.Terms(new SetMember("s", Prompts: ["brief"], Resources: ["a://*"])) with
        {
            Overrides = [new SetOverride("s", "brief", SetItemKinds.Prompt, "summary"), new SetOverride("s", "a://1", SetItemKinds.Resource, "First")],
        };
        const string All = """{"roles":[{"name":"caller","grants":[{"id":"a","effect":"allow","actions":["*"],"resources":["*"]}]}]}""";
        var bench = SetBench.Of(All, terms, Snapshots.Server("s", "tool") with { Offer = offer });

        bench.List(McpMethods.ListPrompts).GetRawText().ShouldBe("""{"prompts":[{"name":"summary"}]}""");
        bench.List(McpMethods.ListResources).GetRawText().ShouldBe("""{"resources":[{"uri":"a://1","name":"First"}]}""");
        bench.Names().ShouldBeEmpty();
        bench.Call("""{"name":"summary"}""", McpMethods.GetPrompt).Call.Target.ShouldBe("brief");
        bench.Call("""{"uri":"a://other"}""", McpMethods.ReadResource).Refusal.ShouldBeNull();
        bench.Call("""{"uri":"b://1"}""", McpMethods.ReadResource).Refusal!.Code.ShouldBe("resource.unknown");
        bench.Call("""{"name":"long"}""", McpMethods.GetPrompt).Refusal!.Code.ShouldBe("prompt.unknown");
    }

    private static ToolSetTerms FixedTerms => SetBench.Terms(new SetMember("github")) with
    {
        Overrides = [new SetOverride("github", "list", Arguments: new Dictionary<string, JsonElement> { ["tenant"] = SetBench.Json("\"acme\"") })],
    };

    private static SetBench Fixed() => SetBench.Of(FixedTerms, SetBench.Server("github", ("list", Schema)));
}
