using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Disclosure;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

/// <summary>Whatever a set says, it is no way around the policy: sets, policies and catalogs out of the same few names, so that all of them meet.</summary>
public sealed class VisibilityPropertyTests
{
    private static readonly string[] Words = ["list", "read", "write", "drop"];
    private static readonly string[] Slugs = ["a", "b", "c"];

    [Fact]
    public void No_tool_that_the_caller_may_not_call_is_listed_found_described_or_called()
    {
        var (shown, hidden) = (0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var servers = Slugs.Select(slug => SetBench.Server(slug, [.. Words.Select(word => ($"{word}_thing", $$$$"""
                "description":"secret {{{{slug}}}} {{{{word}}}} thing","inputSchema":{"type":"object","properties":{"{{{{word}}}}":{}}}
                """))])).ToArray();
            var bench = SetBench.Of(Policy(random), Terms(random), servers);
            var listed = bench.Names().ToHashSet();
            var disclosed = bench.Names(isDisclosed: true).Except(MetaTools.Names).ToList();
            var found = Found(bench, "thing secret list read write drop a b c");
            foreach (var tool in bench.Set.Tools)
            {
                var may = bench.Caller.Policy.CouldAllow(new() { Principal = bench.Caller.Principal, Action = "tools:call", Kind = McpPlatform.PolicyEngine.TargetKind.Tool, Server = tool.Server.Slug, Name = tool.Name, Environment = "", Method = "tools/call", Time = DateTimeOffset.UnixEpoch });
                _ = may ? shown++ : hidden++;
                listed.Contains(tool.Aggregated).ShouldBe(may, $"seed {seed}, list");
                found.Contains(tool.Aggregated).ShouldBe(may, $"seed {seed}, search");
                bench.Ask(MetaTools.Describe, $$"""{"name":"{{tool.Aggregated}}"}""").StartsWith('{').ShouldBe(may, $"seed {seed}, describe");
                (bench.Call($$$"""{"name":"call_tool","arguments":{"name":"{{{tool.Aggregated}}}"}}""").Refusal is null).ShouldBe(may, $"seed {seed}, call_tool");
                (bench.Call($$"""{"name":"{{tool.Aggregated}}"}""").Refusal is null).ShouldBe(may, $"seed {seed}, call");
            }

            disclosed.ShouldBeSubsetOf(listed);
            listed.Count.ShouldBe(listed.Intersect(bench.Set.ByName.Keys).Count(), "nothing but the set's tools is listed");
            Access.IsVisible(bench.Caller, bench.Set, new(DateTimeOffset.UnixEpoch, null)).ShouldBe(listed.Count > 0);
        }

        (shown > 100 && hidden > 100).ShouldBeTrue("both happen");
    }

    private static HashSet<string> Found(SetBench bench, string query)
    {
        var text = bench.Ask(MetaTools.Search, $$"""{"query":"{{query}}","limit":20}""");
        return text.StartsWith('[') ? [.. JsonDocument.Parse(text).RootElement.EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!)] : [];
    }

    private static ToolSetTerms Terms(Random random) => SetBench.Terms([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ =>
        new SetMember(random.Next(2) == 0 ? "*" : Pick(random, Slugs), Tools: random.Next(2) == 0 ? null : [$"{Pick(random, Words)}*", "*"]))]) with
    {
        Disclosure = ToolSetDisclosure.On,
        Naming = random.Next(2) == 0 ? ToolSetNaming.Own : ToolSetNaming.Qualified,
        Pinned = [$"{Pick(random, Slugs)}/*"],
        Exclude = random.Next(2) == 0 ? null : [$"{Pick(random, Words)}_*"],
        Overrides = [new SetOverride(Pick(random, Slugs), $"{Pick(random, Words)}_thing", Rename: $"{Pick(random, Words)}_thing", Arguments: new Dictionary<string, JsonElement> { ["f"] = SetBench.Json("1") })],
    };

    private static string Policy(Random random)
    {
        var grants = Enumerable.Range(0, random.Next(1, 4)).Select(i =>
            $$"""{"id":"g{{i}}","effect":"{{(random.Next(3) == 0 ? "deny" : "allow")}}","actions":["tools:call"],"resources":["tool:{{(random.Next(3) == 0 ? "*" : Pick(random, Slugs))}}/{{(random.Next(3) == 0 ? "*" : $"{Pick(random, Words)}_thing")}}"]}""");
        return $$"""{"roles":[{"name":"caller","grants":[{{string.Join(',', grants)}}]}]}""";
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
