using System.Diagnostics;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.EndToEndTests.Clients;

/// <summary>Clients of other people, each with all that it can: lists, calls, progress, resources, prompts, questions, twenty calls at once, an error, the end.</summary>
public sealed class ScriptedClientTests(RunningPlatform running) : IDisposable
{
    private const string Legacy = "2025-11-25";
    private const string Modern = "2026-07-28";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-clients-").FullName;

    [Theory]
    [InlineData("sdk-1", "", Legacy)]
    [InlineData("sdk-2", "legacy", Legacy)]
    [InlineData("sdk-2", Modern, Modern)]
    [InlineData("sdk-2", "auto", Modern)]
    [InlineData("ai-sdk", "", Modern)]
    [InlineData("mcp-remote", "", null)]
    public async Task A_client_works_with_all_servers_and_with_one(string client, string era, string? version)
    {
        running.Server("everything");

        foreach (var (endpoint, prefix) in ((string, string)[])[("/mcp", "everything-http__"), ("/mcp/servers/everything-http", "")])
        {
            var report = await Exercise(client, new JsonObject
            {
                ["url"] = new Uri(running.Platform.Address, endpoint).ToString(),
                ["key"] = running.Key,
                ["era"] = era,
                ["call"] = new JsonObject { ["name"] = $"{prefix}echo", ["arguments"] = new JsonObject { ["message"] = "hello ü" } },
                ["progress"] = client == "ai-sdk" ? null : new JsonObject { ["name"] = $"{prefix}trigger-long-running-operation", ["arguments"] = new JsonObject { ["duration"] = 0.5, ["steps"] = 10 } },
                ["questions"] = new JsonArray([.. Questions(client).Select(tool => new JsonObject { ["name"] = prefix + tool, ["arguments"] = new JsonObject { ["prompt"] = "say it" } })]),
                ["read"] = prefix.Length > 0 ? "memory://knowledge-graph" : "demo://resource/static/document/features.md",
                ["get"] = new JsonObject { ["name"] = $"{prefix}args-prompt", ["arguments"] = new JsonObject { ["city"] = "Oslo" } },
            });

            report["version"]?.GetValue<string>().ShouldBe(version);
            report["tools"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldContain($"{prefix}get-sum");
            report["resources"]!.AsArray().Count.ShouldBeGreaterThan(6);
            report["prompts"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldContain($"{prefix}args-prompt");
            report["called"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("Echo: hello ü");
            report["read"]!["contents"]!.AsArray().ShouldHaveSingleItem();
            report["got"]!["messages"]![0]!["content"]!["text"]!.GetValue<string>().ShouldContain("Oslo");
            report["answered"]!.AsArray().Select(answer => answer!["content"]!.ToJsonString()).ShouldAllBe(text => text.Contains("Ada", StringComparison.Ordinal) || text.Contains("sampled", StringComparison.Ordinal));
            report["asked"]!.AsArray().Count.ShouldBe(Questions(client).Count());
            report["together"]!.GetValue<bool>().ShouldBeTrue();
            report["unknown"]!["message"]!.GetValue<string>().ShouldContain("Unknown tool");
            report["closed"]!.GetValue<bool>().ShouldBeTrue();
            if (client != "ai-sdk")
            {
                // mcp-remote loses the last ones, directly as well.
                var progress = report["progress"]!.AsArray().Select(at => at!.GetValue<int>()).ToList();
                progress.ShouldBe(Enumerable.Range(1, client == "mcp-remote" ? Math.Max(1, progress.Count) : 10));
            }
        }
    }

    /// <summary>Tools that ask their client, for what this one can.</summary>
    private static IEnumerable<string> Questions(string client) => client == "ai-sdk" ? ["trigger-elicitation-request"] : ["trigger-elicitation-request", "trigger-sampling-request"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Runs one round; what the client reports.</summary>
    private async Task<JsonNode> Exercise(string client, JsonObject round)
    {
        var script = Path.Combine(Repository.Root, "tests/clients/scripts", client == "mcp-remote" ? "sdk-1.mjs" : $"{client}.mjs");
        var start = new ProcessStartInfo("node", [script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ROUND"] = round.ToJsonString();
        start.Environment["VIA"] = client == "mcp-remote" ? "stdio" : "";
        start.Environment["MCP_REMOTE_CONFIG_DIR"] = _folder;
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? JsonNode.Parse(output)! : throw new InvalidOperationException($"{client} ended with {process.ExitCode}: {await errors}{output}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
