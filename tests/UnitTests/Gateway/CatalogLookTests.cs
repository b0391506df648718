using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class CatalogLookTests
{
    [Fact]
    public void What_a_server_has_in_both_eras_is_marked_with_neither_and_described_as_in_the_modern_one()
    {
        var both = CatalogLook.Join(Look(tools: ["a:old", "b:old"]), Look(tools: ["b:new", "c:new"]));

        both.Tools.Select(t => (t.Name, t.Era, t.Definition.GetString())).ShouldBe([("b", null, "new"), ("c", Eras.Modern, "new"), ("a", Eras.Legacy, "old")]);
    }

    [Fact]
    public void Prompts_resources_and_templates_are_put_together_in_the_same_way()
    {
        var both = CatalogLook.Join(Look(offered: ["x:old", "y:old"]), Look(offered: ["y:new"]));

        foreach (var items in new[] { both.Prompts, both.Resources, both.ResourceTemplates })
        {
            items.Select(i => (i.Key, i.Era)).ShouldBe([("y", null), ("x", Eras.Legacy)]);
        }
    }

    [Fact]
    public void Names_that_differ_in_case_only_are_two() =>
        CatalogLook.Join(Look(tools: ["Get:1"]), Look(tools: ["get:1"])).Tools.Select(t => t.Name).ShouldBe(["get", "Get"]);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Tools_are_declared_when_they_are_in_either_era(bool legacy, bool modern) =>
        CatalogLook.Join(Look() with { DeclaresTools = legacy }, Look() with { DeclaresTools = modern }).DeclaresTools.ShouldBeTrue();

    private static CatalogLook Look(string[]? tools = null, string[]? offered = null)
    {
        OfferedItem[] items = [.. (offered ?? []).Select(o => new OfferedItem(o.Split(':')[0], JsonElement.Parse($"\"{o.Split(':')[1]}\"")))];
        return new(true, [.. (tools ?? []).Select(t => new ToolDefinition(t.Split(':')[0], "", JsonElement.Parse($"\"{t.Split(':')[1]}\"")))], items, items, items);
    }
}
