using McpPlatform.Registry.Infrastructure.Embeddings;
using McpPlatform.UnitTests.Gateway;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry.Embeddings;

public sealed class RefusedDefinitionsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void What_is_refused_is_left_out_for_an_hour()
    {
        var refused = new RefusedDefinitions(_time);
        refused.Add("a");
        _time.Advance(TimeSpan.FromMinutes(40));
        refused.Add("b");

        refused.Now().ShouldBe(["a", "b"], ignoreOrder: true);
        _time.Advance(TimeSpan.FromMinutes(21));
        refused.Now().ShouldBe(["b"]);
    }

    [Fact]
    public void Beyond_the_bound_the_first_is_tried_again()
    {
        var refused = new RefusedDefinitions(_time);
        refused.Add("first");
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < RefusedDefinitions.Most; i++)
        {
            refused.Add($"{i}");
        }

        refused.Now().Count.ShouldBe(RefusedDefinitions.Most);
        refused.Now().ShouldNotContain("first");
    }
}
