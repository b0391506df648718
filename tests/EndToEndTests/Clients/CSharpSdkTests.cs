using System.Collections.Concurrent;
using System.Net;
using McpPlatform.IntegrationTests.Platform;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Shouldly;
using Xunit;

namespace McpPlatform.EndToEndTests.Clients;

/// <summary>The official C# client, which speaks the current revision first and falls back; and pinned to a session.</summary>
public sealed class CSharpSdkTests(RunningPlatform running)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task It_lists_calls_reads_and_gets(string? version)
    {
        await using var client = await Connect(version, running.Mcp);

        var tools = await client.ListToolsAsync(cancellationToken: Token);
        var answer = await tools.Single(t => t.Name == "everything__echo").CallAsync(Arguments("message", "from the SDK"), cancellationToken: Token);
        var resource = await client.ReadResourceAsync("memory://knowledge-graph", cancellationToken: Token);
        var prompt = await client.GetPromptAsync("everything__args-prompt", Arguments("city", "Oslo"), cancellationToken: Token);

        client.NegotiatedProtocolVersion.ShouldBe(version ?? "2026-07-28");
        answer.Content.OfType<TextContentBlock>().Single().Text.ShouldContain("from the SDK");
        resource.Contents.ShouldHaveSingleItem().MimeType.ShouldBe("application/json");
        prompt.Messages[0].Content.ShouldBeOfType<TextContentBlock>().Text.ShouldContain("Oslo");
        (await client.ListPromptsAsync(cancellationToken: Token)).ShouldContain(p => p.Name == "everything__args-prompt");
        (await client.ListResourcesAsync(cancellationToken: Token)).ShouldContain(r => r.Uri == "memory://knowledge-graph");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task It_sees_a_tool_set_a_rename_and_no_fixed_argument(string? version)
    {
        running.Server("everything");
        var slug = $"set{Guid.NewGuid():n}"[..20];
        using var admin = new ApiClient(running.Platform.Address, running.Key);
        (await admin.Post("/api/v1/tool-sets", new
        {
            slug,
            instructions = "Say it.",
            members = new[] { new { server = "everything", tools = new[] { "echo" } } },
            overrides = new[] { new { server = "everything", name = "echo", rename = "say", description = "Says it.", arguments = new { message = "from the set" } } },
        })).Expect(HttpStatusCode.Created);
        using var waiting = new ModernCaller(new Uri(running.Platform.Address, $"/mcp/sets/{slug}"), running.Key);
        await Until.True(async () => (await waiting.Request("tools/list")).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(10));

        await using var client = await Connect(version, new Uri(running.Platform.Address, $"/mcp/sets/{slug}"));
        var tool = (await client.ListToolsAsync(cancellationToken: Token)).ShouldHaveSingleItem();
        var answer = await tool.CallAsync(cancellationToken: Token);

        (tool.Name, tool.Description).ShouldBe(("say", "Says it."));
        tool.JsonSchema.GetProperty("properties").EnumerateObject().ShouldBeEmpty();
        client.ServerInstructions.ShouldBe("Say it.");
        answer.Content.OfType<TextContentBlock>().Single().Text.ShouldContain("from the set");
        var refused = await Should.ThrowAsync<McpException>(async () => await client.CallToolAsync("say", Arguments("message", "mine"), cancellationToken: Token));
        refused.Message.ShouldContain("'message'");
    }

    /// <summary>It hands each message to a task of its own (2.3.1): the order among them, and the last ones before the result, get lost in it and not on the way.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    public async Task It_gets_progress(string? version)
    {
        await using var client = await Connect(version, running.Mcp);
        var seen = new ConcurrentBag<float>();

        await client.CallToolAsync(
            "everything__trigger-long-running-operation", new Dictionary<string, object?> { ["duration"] = 0.5, ["steps"] = 5 }, new Synchronous(seen), cancellationToken: Token);

        seen.ShouldBeSubsetOf([1, 2, 3, 4, 5]);
        seen.Count.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Fifty_calls_at_once_do_not_mix()
    {
        await using var client = await Connect(null, running.Mcp);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            var answer = await client.CallToolAsync("everything__echo", Arguments("message", $"<{i}>"), cancellationToken: Token);
            return answer.Content.OfType<TextContentBlock>().Single().Text.Contains($"<{i}>", StringComparison.Ordinal);
        }));

        answers.ShouldAllBe(same => same);
    }

    private static Dictionary<string, object?> Arguments(string name, object? value) => new() { [name] = value };

    private Task<McpClient> Connect(string? version, Uri endpoint)
    {
        running.Server("everything");
        return McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = endpoint,
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = new Dictionary<string, string> { ["X-Api-Key"] = running.Key },
            }),
            new McpClientOptions { ProtocolVersion = version },
            cancellationToken: Token);
    }

    /// <summary>The framework's own posts to a pool.</summary>
    private sealed class Synchronous(ConcurrentBag<float> seen) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => seen.Add(value.Progress);
    }
}
