using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.ToolSets;
using McpPlatform.Registry.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry.ToolSets;

public sealed class ToolSetRulesTests
{
    private static readonly ToolSetTerms Good = new("Set", "What it is for.\nTwo lines.", null, [new SetMember("git*", Tools: ["list_*"])]);

    public static TheoryData<string, string> Bad { get; } = new()
    {
        { """{"title":"","description":"","instructions":null,"members":[{"server":"a"}]}""", "Title" },
        { """{"title":"x","description":"","instructions":null,"members":[]}""", "Members" },
        { """{"title":"x","description":"","instructions":null,"members":[null]}""", "Members" },
        { """{"title":"x","description":"","instructions":null,"members":[{"tools":["x"]}]}""", "Members[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"No Such"}]}""", "Members[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a","tools":[""]}]}""", "Members[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"naming":"short"}""", "Naming" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"disclosure":"maybe"}""", "Disclosure" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"exclude":[null]}""", "Exclude" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a","name":"x","rename":"no spaces"}]}""", "Overrides[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a*","name":"x"}]}""", "Overrides[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a","name":"x","kind":"thing"}]}""", "Overrides[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a","name":"x"},{"server":"a","name":"x"}]}""", "Overrides" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a","name":"x","rename":"r"},{"server":"a","name":"y","rename":"r"}]}""", "Overrides" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a","name":"x","annotations":[]}]}""", "Overrides[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a","name":"x","kind":"prompt","arguments":{"q":1}}]}""", "Overrides[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a","name":"x","arguments":{"q":1,"Q":2}}]}""", "Overrides[0]" },
        { """{"title":"x","description":"","instructions":null,"members":[{"server":"a"}],"overrides":[{"server":"a","name":"x","kind":"resource","arguments":{"q":"1"}}]}""", "Overrides[0]" },
    };

    [Fact]
    public void A_set_of_patterns_overrides_and_fixed_arguments_is_taken() => Problems(Good with
    {
        Overrides = [new SetOverride("a", "x", Rename: "new.name", Arguments: new Dictionary<string, JsonElement> { ["q"] = JsonElement.Parse("""{"deep":[1.50]}""") }), new SetOverride("a", "p", SetItemKinds.Prompt, Arguments: new Dictionary<string, JsonElement> { ["q"] = JsonElement.Parse("\"text\"") }), new SetOverride("a", "file:///x", SetItemKinds.Resource, "Any text")],
        Exclude = ["a/delete_*", "file:///*"],
        Pinned = ["*"],
        Disclosure = ToolSetDisclosure.Auto,
        Naming = ToolSetNaming.Own,
    }).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_set_that_could_not_be_served_is_refused_where_it_is_wrong(string terms, string where) =>
        Problems(JsonSerializer.Deserialize<ToolSetTerms>(terms, JsonSerializerOptions.Web)!).ShouldBe([where]);

    [Fact]
    public void More_fixed_arguments_than_can_be_written_in_one_go_are_refused() => Problems(Good with
    {
        Overrides = [new SetOverride("a", "x", Arguments: Enumerable.Range(0, ToolSetTerms.MaxFixedArguments + 1).ToDictionary(i => $"a{i}", _ => JsonElement.Parse("1")))],
    }).ShouldBe(["Overrides[0]"]);

    [Theory]
    [InlineData("*", "", true), InlineData("", "", true), InlineData("", "a", false), InlineData("a*c", "abbc", true), InlineData("a*c", "abbcd", false), InlineData("*b*", "abc", true)]
    [InlineData("A", "a", false), InlineData("a**c", "ac", true), InlineData("a?c", "abc", false), InlineData("*aab", "aaaaab", true)]
    public void A_star_stands_for_any_text(string pattern, string text, bool matches) => NamePattern.Matches(pattern, text).ShouldBe(matches);

    [Theory]
    [InlineData("git*/list_*", "github", "list_issues", true), InlineData("gitlab/list_*", "github", "list_issues", false), InlineData("list_*", "github", "list_issues", true)]
    [InlineData("file:///*", "github", "file:///x", true), InlineData("my_server/x", "my_server", "x", true)]
    public void A_pattern_of_items_names_a_server_where_its_first_part_can_be_one(string pattern, string server, string name, bool matches) =>
        NamePattern.MatchesItem(pattern, server, name).ShouldBe(matches);

    [Fact]
    public void What_matches_nothing_is_said_in_words()
    {
        var terms = Good with
        {
            Members = [new SetMember("github", Tools: ["list_*", "gone_*"]), new SetMember("later"), new SetMember(Tag: "blue")],
            Overrides = [new SetOverride("github", "other", Rename: "x")],
            Exclude = ["github/list_secrets", "nowhere_*"],
            Pinned = ["github/list_secrets"],
        };

        var (holds, unmatched) = ToolSetMatch.Of(terms, [new OfferedServer("github", [], [("tool", "list_issues"), ("tool", "list_secrets"), ("tool", "other"), ("prompt", "p")])]);

        holds.ShouldBe(new HeldItems(1, 0, 0));
        unmatched.ShouldBe([
            "server github: no tool gone_*",
            "server later: no enabled server",
            "tag blue: no enabled server",
            "override of tool github/other: the set does not hold it",
            "exclude nowhere_*: nothing by that name",
            "pinned github/list_secrets: no tool of the set"]);
    }

    [Fact]
    public void Versions_differ_by_member_item_and_override()
    {
        var set = ToolSet.Create(Guid.NewGuid(), "set", ManagedBy.Api, DateTimeOffset.UnixEpoch);
        var first = set.Describe(Good with { Overrides = [new SetOverride("a", "x", Rename: "one")] }, "ada", DateTimeOffset.UnixEpoch);
        var second = set.Describe(Good with { Title = "New", Members = [new SetMember("b")], Overrides = [new SetOverride("a", "x", Rename: "two")] }, "ada", DateTimeOffset.UnixEpoch);

        var changes = ToolSetDifference.Between(first, second).Changes;

        changes.Select(c => (c.Path, c.Before?.ToString(), c.After?.ToString())).ShouldContain(("title", "Set", "New"));
        changes.Select(c => (c.Path, c.Before?.ToString(), c.After?.ToString())).ShouldContain(("overrides[tool a/x].rename", "one", "two"));
        changes.Count(c => c.Path == "members").ShouldBe(2);
        set.Restore(first, "ada", DateTimeOffset.UnixEpoch).Version.ShouldBe(3);
        ToolSetDifference.Between(first, set.Restore(first, "ada", DateTimeOffset.UnixEpoch)).Changes.ShouldBeEmpty();
    }

    private static string[] Problems(ToolSetTerms terms) => [.. new ToolSetRules().Validate(terms).Errors.Select(e => e.PropertyName).Distinct()];
}
