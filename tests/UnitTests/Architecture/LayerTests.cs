using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Architecture;

public sealed class LayerTests
{
    [Fact]
    public void Domain_and_api_name_no_layer_above_or_below_theirs() => LayerRule.Violations(Repository.Files(".cs", "src")).ShouldBeEmpty();

    [Theory]
    [InlineData("src/Policy/Core/Domain/Rule.cs", "using McpPlatform.Policy.Application.Rules;")]
    [InlineData("src/Policy/Core/Domain/Rule.cs", "using MediatR;")]
    [InlineData("src/Policy/Core/Domain/Deep/Rule.cs", "record X : IRequest<int>;")]
    [InlineData("src/Policy/Service/Api/Rules.cs", "using McpPlatform.Policy.Infrastructure.Persistence;")]
    [InlineData("src/Policy/Service/Api/Rules.cs", "static void Get(PolicyDbContext database) { }")]
    [InlineData("src/Policy/Service/Api/Rules.cs", "var u = \"http://x\"; DbContext c;")]
    public void A_layer_that_names_another_is_found(string path, string code) =>
        LayerRule.Violations([new SourceFile(path, code)]).ShouldHaveSingleItem().ShouldStartWith($"{path}:1: ");

    [Theory]
    [InlineData("src/Policy/Core/Domain/Rule.cs", "// MediatR stays out of here")]
    [InlineData("src/Policy/Core/Domain/Rule.cs", "/// <summary>Used by McpPlatform.Policy.Application.Rules</summary>")]
    [InlineData("src/Policy/Core/Application/Rule.cs", "using MediatR;")]
    [InlineData("src/Policy/Service/Infrastructure/Rules.cs", "DbContext context;")]
    public void Comments_and_other_folders_are_free(string path, string code) => LayerRule.Violations([new SourceFile(path, code)]).ShouldBeEmpty();
}
