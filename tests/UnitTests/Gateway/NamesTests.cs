using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using McpPlatform.UnitTests.Gateway.ToolSets;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>Names are unique whatever servers call their items: how a name is made is no secret, so a server can choose its names to meet it.</summary>
public sealed class NamesTests
{
    private const string Schema = """
        "inputSchema":{"type":"object"}
        """;

    [Fact]
    public void A_tool_that_is_called_like_the_way_out_of_a_collision_does_not_get_that_name()
    {
        var chosen = AggregatedName.OnCollision("victim", "foo");
        var terms = SetBench.Terms(new SetMember("*")) with { Naming = ToolSetNaming.Own };

        var set = SetBench.Of(terms, SetBench.Server("evil", ("foo", Schema), ("victim__foo", Schema), (chosen, Schema)), SetBench.Server("victim", ("foo", Schema))).Set;

        set.Tools.Length.ShouldBe(4);
        set.ByName.ShouldNotContainKey("foo");
        set.ByName.ShouldNotContainKey("victim__foo");
        set.ByName[chosen].Server.Slug.ShouldBe("victim");
    }

    [Fact]
    public void A_name_that_is_given_does_not_take_the_one_that_carries_the_hash_of_another_tool()
    {
        var chosen = AggregatedName.OnCollision("b", "x");
        var terms = SetBench.Terms(new SetMember("*")) with
        {
            Overrides = [new SetOverride("a", "x", Rename: "same"), new SetOverride("b", "x", Rename: "same"), new SetOverride("c", "x", Rename: chosen), new SetOverride("c", "y", Rename: "same")],
        };

        var set = SetBench.Of(terms, SetBench.Server("a", ("x", Schema)), SetBench.Server("b", ("x", Schema)), SetBench.Server("c", ("x", Schema), ("y", Schema))).Set;

        set.Tools.Length.ShouldBe(4);
        set.ByName.ShouldNotContainKey("same");
        set.ByName[chosen].Server.Slug.ShouldBe("b");
    }

    [Fact]
    public void The_endpoint_of_all_servers_has_unique_names_of_tools_and_prompts_whatever_they_are_called()
    {
        const string Odd = "a b";
        string[] names = [Odd, AggregatedName.Of("s", Odd)["s__".Length..], AggregatedName.OnCollision("s", Odd)["s__".Length..]];
        var offer = new ServerOffer(null, null, [.. names.Select(name => new OfferedItem(name, SetBench.Json($$"""{"name":"{{name}}"}""")))], [], []);

        var routes = RegistryState.Compile(Snapshots.Registry(1, Snapshots.Server("s", names) with { Offer = offer }), RegistryState.Empty).RoutesOf(DefaultTenant.Id);

        routes.Tools.Length.ShouldBe(3);
        routes.ByName[AggregatedName.OnCollision("s", Odd)].Name.ShouldBe(Odd);
        routes.ByName.ShouldAllBe(tool => tool.Key == tool.Value.Aggregated);
        routes.Prompts.Length.ShouldBe(3);
        routes.PromptsByName[AggregatedName.OnCollision("s", Odd)].Name.ShouldBe(Odd);
    }

    /// <summary>Each name is the way out of the one before: as many steps as there are tools, and no more.</summary>
    [Fact]
    public void A_chain_of_chosen_names_is_named_in_one_go()
    {
        var names = new List<string> { "a b", AggregatedName.Of("s", "a b")["s__".Length..] };
        while (names.Count < 2000)
        {
            names.Add(AggregatedName.OnCollision("s", names[^2])["s__".Length..]);
        }

        SetNames.Of([.. names.Select(name => ("s", name, (string?)null))], ownNames: false).ShouldBeUnique();
    }

    [Fact]
    public void A_name_that_is_left_to_no_item_leaves_the_later_one_out()
    {
        (string, string, string?)[] twins = [("a", "b__c", null), ("a__b", "c", null), ("d", "e", null)];

        SetNames.Of(twins, ownNames: false).ShouldBe([AggregatedName.OnCollision("a", "b__c"), null, "d__e"]);
    }

    [Fact]
    public void A_set_is_made_anew_only_when_something_changes_that_it_may_hold()
    {
        var terms = SetBench.Terms(new SetMember("a"));
        var before = SetBench.Of(terms, Snapshots.Server("a", "x"), Snapshots.Server("b", "y")).State.Registry;
        var (routes, offer) = (before.RoutesOf(DefaultTenant.Id), new ServerOffer(null, null, [], [], []));

        After("b").ShouldBeSameAs(routes.Sets["set"]);
        After("a").Tools.Single().Name.ShouldBe("new");

        ToolSetRoute After(string server) => before.With(
            DefaultTenant.Id, routes.Servers[server].ServerId, [Snapshots.Tool("new")], offer, new(McpPlatform.Gateway.Limits.LimitDefaults.Default, TimeProvider.System))!.RoutesOf(DefaultTenant.Id).Sets["set"];
    }
}
