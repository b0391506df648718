using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry;

public sealed class CatalogTests
{
    [Fact]
    public void Added_changed_and_removed_are_told_apart_by_name_and_hash()
    {
        var difference = CatalogDifference.Between(
            new Dictionary<string, string> { ["kept"] = "1", ["changed"] = "1", ["gone"] = "1" },
            new Dictionary<string, string> { ["kept"] = "1", ["changed"] = "2", ["new"] = "1" });

        difference.Added.ShouldBe(["new"]);
        difference.Changed.ShouldBe(["changed"]);
        difference.Removed.ShouldBe(["gone"]);
        difference.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void The_order_in_which_a_server_lists_its_tools_does_not_change_the_hash()
    {
        var (a, b) = (Tool("a", "1"), Tool("b", "2"));

        CatalogHash.Of([a, b]).ShouldBe(CatalogHash.Of([b, a]));
        CatalogHash.Of([a, b]).ShouldNotBe(CatalogHash.Of([a, Tool("b", "3")]));
        CatalogHash.Of([a]).ShouldNotBe(CatalogHash.Of([a, b]));
    }

    [Fact]
    public void A_gateway_that_repairs_otherwise_shows_the_same_catalog()
    {
        var (before, after) = (Tool("a", "1"), Tool("a", "1") with { Repairs = ["inputSchema: type added"] });

        CatalogHash.Of([after]).ShouldBe(CatalogHash.Of([before]));
        CatalogHash.Mark(after).ShouldBe(CatalogHash.Mark(before));
    }

    private static ToolDefinition Tool(string name, string hash) => new(name, hash, JsonElement.Parse("{}"));
}
