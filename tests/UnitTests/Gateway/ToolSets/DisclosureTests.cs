using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Disclosure;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

public sealed class DisclosureTests
{
    private static readonly string Long = $"\"description\":\"{new string('x', 4000)}\",\"inputSchema\":{{\"type\":\"object\"}}";

    private static readonly ServerEntry Forge = SetBench.Server(
        "forge",
        ("createIssue", Of("Opens a new issue in a repository", "title")),
        ("list_issues", Of("Lists issues of a repository", "repository")),
        ("delete_repository", Of("Removes a repository for good", "repository")),
        ("get_weather", Of("Tells the weather", "city")));

    [Theory]
    [InlineData("open an issue", "forge__createIssue")]
    [InlineData("issues list", "forge__list_issues")]
    [InlineData("REPOSITORIES delete", "forge__delete_repository")]
    [InlineData("city", "forge__get_weather")]
    public void A_search_finds_by_name_description_and_parameters_best_first(string query, string best)
    {
        var found = JsonDocument.Parse(On(Forge).Ask(MetaTools.Search, $$"""{"query":"{{query}}"}""")).RootElement;

        found[0].GetProperty("name").GetString().ShouldBe(best);
        found[0].GetProperty("description").GetString().ShouldNotBeEmpty();
    }

    [Fact]
    public void A_search_is_bounded_and_says_so_when_nothing_matches()
    {
        var bench = On(SetBench.Server("many", [.. Enumerable.Range(0, 100).Select(i => ($"thing_{i}", Of("A thing", "x")))]));

        JsonDocument.Parse(bench.Ask(MetaTools.Search, """{"query":"thing"}""")).RootElement.GetArrayLength().ShouldBe(5);
        JsonDocument.Parse(bench.Ask(MetaTools.Search, """{"query":"thing","limit":1000}""")).RootElement.GetArrayLength().ShouldBe(20);
        bench.Ask(MetaTools.Search, """{"query":"zebra"}""").ShouldStartWith("Nothing matches");
        bench.Ask(MetaTools.Search, """{"query":" "}""").ShouldStartWith("'query' must");
        bench.Ask(MetaTools.Search, "").ShouldStartWith("'query' must");
        bench.Ask(MetaTools.Describe, """{"name":7}""").ShouldStartWith("'name' must");
    }

    [Fact]
    public void A_description_is_the_definition_that_the_set_shows()
    {
        var bench = On(Forge, new SetOverride("forge", "list_issues", Rename: "issues"));

        JsonDocument.Parse(bench.Ask(MetaTools.Describe, """{"name":"issues"}""")).RootElement.GetProperty("name").GetString().ShouldBe("issues");
        bench.Ask(MetaTools.Describe, """{"name":"forge__list_issues"}""").ShouldStartWith("There is no such tool");
    }

    [Fact]
    public void What_is_listed_is_the_three_tools_and_what_is_pinned()
    {
        var bench = On(Forge, pinned: "forge/get_*");

        bench.Names(isDisclosed: true).ShouldBe(["search_tools", "describe_tool", "call_tool", "forge__get_weather"]);
        On(Forge).Names(isDisclosed: true).ShouldBe(["search_tools", "describe_tool", "call_tool"]);
    }

    [Fact]
    public void A_call_through_the_set_is_a_call_of_the_tool_that_it_names()
    {
        var bench = On(Forge, new SetOverride("forge", "list_issues", Rename: "issues", Arguments: new Dictionary<string, JsonElement> { ["repository"] = SetBench.Json("\"r\"") }));

        var (call, refusal) = bench.Call("""{"name":"call_tool","arguments":{"name":"issues","arguments":{"q":1}},"_meta":{"progressToken":7}}""");

        refusal.ShouldBeNull();
        (call.Tool!.Name, call.Target, call.Route!.Slug).ShouldBe(("list_issues", "list_issues", "forge"));
        Encoding.UTF8.GetString(call.Message.Params.Span).ShouldBe("""{"name":"list_issues","arguments":{"q":1,"repository":"r"},"_meta":{"progressToken":7}}""");
        bench.Call("""{"name":"call_tool","arguments":{"name":"issues","arguments":{"repository":"x"}}}""").Refusal!.Code.ShouldBe("argument.fixed");
        bench.Call("""{"name":"call_tool","arguments":{"name":"nothing"}}""").Refusal!.Code.ShouldBe("tool.unknown");
        bench.Call("""{"name":"call_tool","arguments":{"name":"issues","arguments":[]}}""").Refusal!.Code.ShouldBe("params.malformed");
        bench.Call("""{"name":"call_tool"}""").Refusal!.Code.ShouldBe("params.malformed");
        bench.Call("""{"name":"call_tool","arguments":{"name":"call_tool"}}""").Refusal!.Code.ShouldBe("tool.unknown");
    }

    [Fact]
    public void A_tool_with_the_name_of_one_of_the_three_gets_another_one()
    {
        var bench = On(SetBench.Server("a", ("call_tool", Of("x", "y"))), naming: ToolSetNaming.Own);

        bench.Names().ShouldBe(["a__call_tool"]);
    }

    [Fact]
    public void Without_disclosure_there_are_no_such_tools()
    {
        var bench = SetBench.Of(SetBench.Terms(new SetMember("forge")), Forge);

        bench.Set.Search.ShouldBeNull();
        bench.Call("""{"name":"call_tool","arguments":{"name":"forge__list_issues"}}""").Refusal!.Code.ShouldBe("tool.unknown");
    }

    [Fact]
    public void It_is_on_by_itself_for_callers_to_whom_searching_is_less_to_read()
    {
        var small = Auto(SetBench.Server("a", ("x", Of("A thing", "y"))));
        var large = Auto(SetBench.Server("a", [.. Enumerable.Range(0, 20).Select(i => ($"x{i}", Long))]));
        const string One = """{"roles":[{"name":"caller","grants":[{"id":"a","effect":"allow","actions":["tools:call"],"resources":["tool:a/x7"]}]}]}""";
        var bounded = SetBench.Of(One, large.Set.Entry.Terms, SetBench.Server("a", [.. Enumerable.Range(0, 20).Select(i => ($"x{i}", Long))]));

        small.Disclosed().ShouldBe(new DisclosedList(false, 0));
        large.Disclosed().IsOn.ShouldBeTrue();
        large.Disclosed().Saved.ShouldBe(large.Set.Tools.Sum(tool => tool.Tokens) - MetaTools.Tokens);
        bounded.Disclosed().IsOn.ShouldBeFalse("one definition is less to read than three");
    }

    private static string Of(string description, string parameter) => $$$$"""
        "description":"{{{{description}}}}","inputSchema":{"type":"object","properties":{"{{{{parameter}}}}":{"type":"string"}}}
        """;

    private static SetBench On(ServerEntry server, SetOverride? change = null, string? pinned = null, string naming = ToolSetNaming.Qualified) => SetBench.Of(
        SetBench.Terms(new SetMember("*")) with { Disclosure = ToolSetDisclosure.On, Overrides = change is null ? null : [change], Pinned = pinned is null ? null : [pinned], Naming = naming }, server);

    private static SetBench Auto(ServerEntry server) => SetBench.Of(SetBench.Terms(new SetMember("*")) with { Disclosure = ToolSetDisclosure.Auto }, server);
}
