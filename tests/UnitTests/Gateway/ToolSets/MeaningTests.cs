using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

/// <summary>Tools that are found by what they are about. Directions: 0 is taking away, 1 is showing.</summary>
public sealed class MeaningTests
{
    private static readonly SearchVector TakingAway = SearchVectorTests.Of(1, 0);

    private static readonly ServerEntry Store = WithVectors(
        SetBench.Server("store", ("purge", Of("Erases entries")), ("list", Of("Shows entries")), ("count", Of("Counts entries, and removes none"))),
        ("purge", [1, 0]),
        ("list", [-0.1f, 1]));

    [Fact]
    public void A_query_without_a_common_word_finds_what_is_about_the_same_and_says_how()
    {
        var bench = SetBench.Of(Terms, Store);

        Names(bench, "delete").ShouldBeEmpty();
        Names(bench, "delete", TakingAway).ShouldBe(["store__purge"]);
        Ranking(bench, "delete").ShouldBe("text");
        Ranking(bench, "delete", TakingAway).ShouldBe("hybrid");
    }

    [Fact]
    public void Words_count_beside_the_meaning()
    {
        var bench = SetBench.Of(Terms, Store);

        Names(bench, "remove", TakingAway).ShouldBe(["store__count", "store__purge"], "one is first by its words, the other by what it is about");
        Names(bench, "erase", TakingAway)[0].ShouldBe("store__purge");
        Names(bench, "delete", SearchVectorTests.Of(1, 0, 0)).ShouldBeEmpty("it is of another length");
    }

    [Fact]
    public void What_the_caller_may_not_call_is_not_found_by_its_meaning_either()
    {
        const string policy = """{"roles":[{"name":"caller","grants":[{"id":"g","effect":"allow","actions":["tools:call"],"resources":["tool:store/list"]}]}]}""";

        Names(SetBench.Of(policy, Terms, Store), "delete", TakingAway).ShouldBeEmpty();
    }

    [Fact]
    public void A_look_at_a_server_keeps_the_vectors_of_definitions_that_are_the_same()
    {
        var state = SetBench.Of(Terms, Store).State.Registry;
        var seen = Store.Tools.Select(tool => tool.Name == "list" ? new ToolDefinition("list", "another", tool.Definition) : new ToolDefinition(tool.Name, tool.Hash, tool.Definition)).ToList();

        var tools = state.With(DefaultTenant.Id, Store.ServerId, seen, new ServerOffer(null, null, [], [], []), new LimitRules(LimitDefaults.Default, TimeProvider.System))!.RoutesOf(DefaultTenant.Id).Sets["set"].ByName;

        tools["store__purge"].Tool.Vector.ShouldNotBeNull();
        tools["store__list"].Tool.Vector.ShouldBeNull("it says something else now");
    }

    [Fact]
    public void A_server_is_compiled_anew_when_a_vector_came_and_only_then()
    {
        var set = new ToolSetEntry(Guid.Empty, DefaultTenant.Id, "set", 1, Terms);
        var bare = Store with { Tools = [.. Store.Tools.Select(tool => tool with { Vector = null })] };
        var copied = Store with { Tools = [.. Store.Tools.Select(tool => tool.Vector is { } vector ? tool with { Vector = vector.ToArray() } : tool)] };

        var first = Compiled(bare, RegistryState.Empty);
        var second = Compiled(Store, first);
        var third = Compiled(copied, second);

        Server(first).Tools.ShouldAllBe(tool => tool.Vector == null);
        Server(second).ShouldNotBeSameAs(Server(first));
        Server(second).ByName["purge"].Vector.ShouldNotBeNull();
        Server(third).ShouldBeSameAs(Server(second));

        RegistryState Compiled(ServerEntry server, RegistryState before) => RegistryState.Compile(new RegistrySnapshot(before.Version + 2, DateTimeOffset.UnixEpoch, [server], ToolSets: [set]), before);

        ServerRoute Server(RegistryState state) => state.RoutesOf(DefaultTenant.Id).Servers["store"];
    }

    private static ToolSetTerms Terms => SetBench.Terms(new SetMember("*")) with { Disclosure = ToolSetDisclosure.On };

    private static ServerEntry WithVectors(ServerEntry server, params (string Tool, float[] Numbers)[] vectors) => server with
    {
        Tools = [.. server.Tools.Select(tool => Array.Find(vectors, v => v.Tool == tool.Name).Numbers is { } numbers ? tool with { Vector = ToolVector.Quantise(numbers) } : tool)],
    };

    private static string Of(string description) => $$"""
        "description":"{{description}}","inputSchema":{"type":"object"}
        """;

    private static string[] Names(SetBench bench, string query, SearchVector? vector = null)
    {
        var text = bench.Ask(MetaTools.Search, $$"""{"query":"{{query}}"}""", vector);
        return text.StartsWith('[') ? [.. JsonDocument.Parse(text).RootElement.EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!)] : [];
    }

    private static string? Ranking(SetBench bench, string query, SearchVector? vector = null) =>
        bench.Raw(MetaTools.Search, $$"""{"query":"{{query}}"}""", vector).GetProperty("_meta").GetProperty(MetaTools.RankingKey).GetString();
}
