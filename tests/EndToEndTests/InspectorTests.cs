using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.EndToEndTests;

/// <summary>The protocol's own inspector, from the command line, as an independent client.</summary>
public sealed class InspectorTests(RunningPlatform running)
{
    [Theory]
    [InlineData("legacy")]
    [InlineData("auto")]
    [InlineData("modern")]
    public async Task It_lists_the_tools(string era)
    {
        RunningPlatform.SkipWithoutClients();

        var answer = await Inspect(era, "tools/list");

        answer["tools"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()).ShouldContain("everything__echo");
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task It_calls_a_tool(string era)
    {
        RunningPlatform.SkipWithoutClients();

        var answer = await Inspect(era, "tools/call", "--tool-name", "everything__echo", "--tool-arg", "message=from the inspector");

        answer["content"]![0]!["text"]!.GetValue<string>().ShouldContain("from the inspector");
    }

    private async Task<JsonNode> Inspect(string era, string method, params string[] more)
    {
        var program = Path.Combine(Repository.Clients, ".bin", "mcp-inspector");
        string[] arguments = ["--cli", running.Mcp.ToString(), "--transport", "http", "--header", $"Authorization: Bearer {running.Platform.AdminKey}", "--protocol-era", era, "--method", method, .. more];
        return JsonNode.Parse(await Shell.Run(program, arguments))!;
    }
}
