using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.EndToEndTests.Clients;

/// <summary>The protocol's own inspector, from the command line, as an independent client.</summary>
public sealed class InspectorTests(RunningPlatform running)
{
    [Theory]
    [InlineData("legacy")]
    [InlineData("auto")]
    [InlineData("modern")]
    public async Task It_lists_the_tools(string era)
    {
        var answer = await Inspect("/mcp", era, "tools/list");

        answer["tools"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()).ShouldContain("everything__echo");
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("auto")]
    public async Task It_calls_a_tool(string era)
    {
        var answer = await Inspect("/mcp", era, "tools/call", "--tool-name", "everything__echo", "--tool-arg", "message=from the inspector");

        answer["content"]![0]!["text"]!.GetValue<string>().ShouldContain("from the inspector");
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("auto")]
    public async Task It_reads_a_resource_and_gets_a_prompt(string era)
    {
        var resource = await Inspect("/mcp/servers/everything", era, "resources/read", "--uri", "demo://resource/static/document/features.md");
        var prompt = await Inspect("/mcp/servers/everything", era, "prompts/get", "--prompt-name", "args-prompt", "--prompt-args", "city=Oslo");

        resource["contents"]![0]!["text"]!.GetValue<string>().ShouldContain("Everything");
        prompt["messages"]![0]!["content"]!["text"]!.GetValue<string>().ShouldContain("Oslo");
    }

    private async Task<JsonNode> Inspect(string endpoint, string era, string method, params string[] more)
    {
        running.Server("everything");
        var program = Path.Combine(Repository.Clients, ".bin", "mcp-inspector");
        string[] arguments =
        [
            "--cli", new Uri(running.Platform.Address, endpoint).ToString(), "--transport", "http", "--header", $"Authorization: Bearer {running.Key}", "--protocol-era", era, "--method", method, .. more,
        ];
        return JsonNode.Parse(await Shell.Run(program, arguments))!;
    }
}
