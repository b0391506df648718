using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Packs;
using McpPlatform.UnitTests.Factory;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

/// <summary>What progressive disclosure saves, measured on the definitions that real descriptions of APIs become; docs/performance.md has the table that this prints.</summary>
public sealed class DisclosureSavingTests(ITestOutputHelper output)
{
    /// <param name="query">What a user of that API wants.</param>
    /// <param name="wanted">A word in the name of the tool for it.</param>
    /// <param name="isOn">Whether <c>auto</c> turns it on.</param>
    [Theory]
    [InlineData("05-eshop-catalog-311.json", "catalog item by id", "item", true)]
    [InlineData("03-petstore-v3.json", "find pets by status", "status", true)]
    [InlineData("12-toolhive-31.json", "list workloads", "workload", true)]
    [InlineData("06-docker-engine-v2.yaml", "create a container", "container", true)]
    [InlineData("08-asana-30.yaml", "create a task", "task", true)]
    [InlineData("15-github-30.json", "create an issue in a repository", "issue", true)]
    public void Searching_is_less_to_read_and_finds_what_is_wanted(string file, string query, string wanted, bool isOn)
    {
        var pack = Sources.Compiler.Compile(File.ReadAllBytes(SharedMaterial.File($"specs/{file}")), Sources.Recipe()).Value.Pack;
        var tools = JsonElement.Parse(ToolListing.Write(pack)).GetProperty("tools").EnumerateArray().Select(tool => new ToolDefinition(tool.GetProperty("name").GetString()!, "", tool)).ToList();
        var bench = SetBench.Of(SetBench.Terms(new SetMember("*")) with { Disclosure = ToolSetDisclosure.Auto }, Snapshots.Server("api") with { Tools = tools });

        var (disclosed, all) = (bench.Disclosed(), bench.Set.Tools.Sum(tool => tool.Tokens));
        var found = bench.Ask(MetaTools.Search, $$"""{"query":"{{query}}"}""");
        var names = JsonElement.Parse(found).EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!).ToList();
        var described = bench.Ask(MetaTools.Describe, $$"""{"name":"{{names[0]}}"}""");
        var use = TokenEstimate.Of(found.Length) + TokenEstimate.Of(described.Length);
        output.WriteLine($"| {file} | {tools.Count} | {all} | {(disclosed.IsOn ? MetaTools.Tokens : all)} | {disclosed.Saved} | {use} | {100.0 * (disclosed.Saved - use) / all:0} % |");

        disclosed.IsOn.ShouldBe(isOn);
        disclosed.Saved.ShouldBe(isOn ? all - MetaTools.Tokens : 0);
        names.ShouldContain(name => name.Contains(wanted, StringComparison.OrdinalIgnoreCase));
        (MetaTools.Tokens + use).ShouldBeLessThan(all);
    }

    /// <summary>Small documents are listed as they are.</summary>
    [Fact]
    public void A_handful_of_small_tools_is_listed_as_it_is()
    {
        var bench = SetBench.Of(
            SetBench.Terms(new SetMember("*")) with { Disclosure = ToolSetDisclosure.Auto },
            SetBench.Server("few", [.. Enumerable.Range(0, 5).Select(i => ($"tool_{i}", """
                "description":"Does one thing.","inputSchema":{"type":"object","properties":{"x":{"type":"string"}}}
                """))]));

        bench.Disclosed().ShouldBe(new DisclosedList(false, 0));
    }
}
