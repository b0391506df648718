using System.Text.Json;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Packs;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Factory;

/// <summary>The compiler against real descriptions of APIs, from 1 to 767 operations.</summary>
public sealed class SpecificationTests
{
    [Theory]
    [InlineData("02-petstore-v2.json", 20)]
    [InlineData("03-petstore-v3.json", 19)]
    [InlineData("04-burgershop-31.yaml", 5)]
    [InlineData("05-eshop-catalog-311.json", 13)]
    [InlineData("06-docker-engine-v2.yaml", 107)]
    [InlineData("07-xsoar-v2.json", 88)]
    [InlineData("08-asana-30.yaml", 152)]
    [InlineData("10-superset-30.json", 140)]
    [InlineData("12-toolhive-31.json", 77)]
    [InlineData("15-github-30.json", 767)]
    [InlineData("18-circular-30.yaml", 1)]
    [InlineData("19-circular-v2.yaml", 1)]
    [InlineData("20-all-components-311.yaml", 5)]
    [InlineData("22-param-styles.json", 12)]
    [InlineData("23-form-bodies.json", 9)]
    public void Every_operation_becomes_a_tool_that_a_pack_can_hold(string file, int operations)
    {
        var content = File.ReadAllBytes(SharedMaterial.File($"specs/{file}"));

        var compiled = Sources.Compiler.Compile(content, Sources.Recipe());

        compiled.Error.ShouldBeNull();
        compiled.Value.Skipped.ShouldBeEmpty();
        var tools = compiled.Value.Pack.Tools;
        tools.Count.ShouldBe(operations);
        tools.Select(t => t.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(operations);
        foreach (var tool in tools)
        {
            tool.Name.Length.ShouldBeLessThanOrEqualTo(ToolNames.MaxLength);
            tool.Description.ShouldNotBeEmpty();
            PathVariables(tool.Operation.Path).ShouldBe(tool.Operation.Parameters.Where(p => p.In == ParameterPlace.Path).Select(p => p.Name), ignoreOrder: true, tool.Name);
            SchemaCheck.Problems(tool.InputSchema).ShouldBeEmpty(tool.Name);
            Arguments(tool).ShouldBe(tool.Operation.Parameters.Select(p => p.Argument).Concat(tool.Operation.Body is { } body ? [body.Argument] : []), ignoreOrder: true, tool.Name);
            if (tool.OutputSchema is { } output)
            {
                SchemaCheck.Problems(output).ShouldBeEmpty(tool.Name);
                output.GetProperty("type").GetString().ShouldBe("object");
            }
        }
    }

    [Fact]
    public void Equal_input_gives_equal_bytes_and_the_lock_reads_back()
    {
        var content = File.ReadAllBytes(SharedMaterial.File("specs/08-asana-30.yaml"));

        var first = Sources.Compiler.Compile(content, Sources.Recipe()).Value;
        var second = Sources.Compiler.Compile(content, Sources.Recipe()).Value;

        second.Hash.ShouldBe(first.Hash);
        PackLock.Write(PackLock.Read(first.Lock)).Hash.ShouldBe(first.Hash);
    }

    [Fact]
    public void A_tool_is_the_same_whatever_else_is_selected()
    {
        var content = File.ReadAllBytes(SharedMaterial.File("specs/15-github-30.json"));
        var recipe = Sources.Recipe() with { Selection = new Selection([new OperationSelector(OperationIds: ["issues/create"])]) };

        var all = Sources.Compiler.Compile(content, Sources.Recipe()).Value.Pack.Tools.Single(t => t.Operation.Id == "issues/create");
        var alone = Sources.Compiler.Compile(content, recipe).Value.Pack.Tools.ShouldHaveSingleItem();

        CanonicalJson.Hash(alone.InputSchema).ShouldBe(CanonicalJson.Hash(all.InputSchema));
        alone.Name.ShouldBe(all.Name);
    }

    private static IEnumerable<string> PathVariables(string path) => path.Split('{').Skip(1).Select(p => p[..p.IndexOf('}', StringComparison.Ordinal)]).Distinct();

    private static IEnumerable<string> Arguments(PackTool tool) => tool.InputSchema.GetProperty("properties").EnumerateObject().Select(p => p.Name);
}
