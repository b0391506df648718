using McpPlatform.IntegrationTests.Platform;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Shouldly;
using Xunit;

namespace McpPlatform.EndToEndTests;

/// <summary>The official C# client, which speaks the current revision first and falls back.</summary>
public sealed class CSharpSdkTests(RunningPlatform running)
{
    [Fact]
    public async Task It_lists_and_calls()
    {
        RunningPlatform.SkipWithoutClients();
        await using var client = await Connect();

        var tools = await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        var echo = tools.Single(t => t.Name == "everything__echo");
        var answer = await echo.CallAsync(new Dictionary<string, object?> { ["message"] = "from the SDK" }, cancellationToken: TestContext.Current.CancellationToken);

        answer.Content.OfType<TextContentBlock>().Single().Text.ShouldContain("from the SDK");
    }

    [Fact]
    public async Task Fifty_calls_at_once_do_not_mix()
    {
        RunningPlatform.SkipWithoutClients();
        await using var client = await Connect();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            var answer = await client.CallToolAsync("everything__echo", new Dictionary<string, object?> { ["message"] = $"<{i}>" }, cancellationToken: TestContext.Current.CancellationToken);
            return answer.Content.OfType<TextContentBlock>().Single().Text.Contains($"<{i}>", StringComparison.Ordinal);
        }));

        answers.ShouldAllBe(same => same);
    }

    private Task<McpClient> Connect() => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = running.Mcp,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["X-Api-Key"] = running.Platform.AdminKey },
        }),
        cancellationToken: TestContext.Current.CancellationToken);
}
