using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Shouldly;
using Xunit;

namespace McpPlatform.EndToEndTests;

/// <summary>Official clients that start <c>mcpp stdio</c> as their server, as desktop clients do; and the C# client over HTTP+SSE.</summary>
public sealed class StdioTests(RunningPlatform running)
{
    [Theory, InlineData(null), InlineData("2025-11-25"), InlineData("2025-06-18")]
    public async Task The_csharp_client_lists_and_calls(string? revision)
    {
        RunningPlatform.SkipWithoutClients();
        await using var client = await Connect(new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = "mcpp",
            Command = "dotnet",
            Arguments = [Repository.Mcpp, "stdio"],
            EnvironmentVariables = new Dictionary<string, string?> { ["MCPP_URL"] = running.Platform.Address.ToString(), ["MCPP_KEY"] = running.Platform.AdminKey },
        }), revision);

        (await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken)).ShouldContain(tool => tool.Name == "everything__echo");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Echo(client, "everything__echo", $"<{i}>")));

        answers.Select((answer, i) => answer.Contains($"<{i}>", StringComparison.Ordinal)).ShouldAllBe(same => same);
    }

    [Theory, InlineData("legacy"), InlineData("modern")]
    public async Task The_inspector_calls(string era)
    {
        RunningPlatform.SkipWithoutClients();

        (await Inspect(era, "-e", $"MCPP_URL={running.Platform.Address}", "-e", $"MCPP_KEY={running.Platform.AdminKey}", "dotnet", Repository.Mcpp, "stdio")).ShouldContain("by the inspector");
    }

    [Fact]
    public async Task The_inspector_calls_over_http_with_sse()
    {
        RunningPlatform.SkipWithoutClients();

        (await Inspect("legacy", new Uri(running.Platform.Address, "/sse").ToString(), "--transport", "sse", "--header", $"Authorization: Bearer {running.Platform.AdminKey}")).ShouldContain("by the inspector");
    }

    [Fact]
    public async Task The_csharp_client_calls_over_http_with_sse()
    {
        RunningPlatform.SkipWithoutClients();
        await using var client = await Connect(new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(running.Platform.Address, "/sse"),
            TransportMode = HttpTransportMode.Sse,
            AdditionalHeaders = new Dictionary<string, string> { ["X-Api-Key"] = running.Platform.AdminKey },
        }), null);

        (await Echo(client, "everything__echo", "by events")).ShouldContain("by events");
    }

    private static async Task<string> Inspect(string era, params string[] target)
    {
        var program = Path.Combine(Repository.Clients, ".bin", "mcp-inspector");
        var answer = await Shell.Run(
            program, ["--cli", .. target, "--protocol-era", era, "--method", "tools/call", "--tool-name", "everything__echo", "--tool-arg", "message=by the inspector"]);
        return JsonNode.Parse(answer)!["content"]![0]!["text"]!.GetValue<string>();
    }

    private static Task<McpClient> Connect(IClientTransport transport, string? revision) => McpClient.CreateAsync(
        transport, new McpClientOptions { ProtocolVersion = revision }, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<string> Echo(McpClient client, string tool, string message)
    {
        var answer = await client.CallToolAsync(tool, new Dictionary<string, object?> { ["message"] = message }, cancellationToken: TestContext.Current.CancellationToken);
        return answer.Content.OfType<TextContentBlock>().Single().Text;
    }
}
