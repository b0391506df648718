using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

/// <summary><c>mcpp config</c>: from the configurations of MCP clients, and to them.</summary>
public sealed class ConfigTests
{
    private const string Desktop = """
        {
          // comments are common in these files
          "mcpServers": {
            "Weather": { "type": "http", "url": "https://weather.test/mcp", "headers": { "X-Key": "${WEATHER_KEY}" } },
            "old": { "url": "https://old.test/sse", "type": "sse" },
            "files": { "command": "npx", "args": ["-y", "@mcp/files", "/srv"], "env": { "TOKEN": "s3" } },
            "asks": { "url": "https://asks.test/mcp", "headers": { "Authorization": "Bearer ${input:token}" } },
            "known": { "url": "https://known.test/mcp" },
            "odd": { "image": "x" },
          }
        }
        """;

    [Fact]
    public async Task The_servers_of_a_client_are_registered_and_its_commands_become_launchers()
    {
        await using var platform = await Platform();
        using var run = CliRun.At(platform).With("WEATHER_KEY", "w1");
        await File.WriteAllTextAsync(Path.Combine(run.Folder, "desktop.json"), Desktop, TestContext.Current.CancellationToken);

        var result = await run.Run("config", "import", "desktop.json");

        result.ExitCode.ShouldBe(1, result.Error);
        platform.Seen.Where(r => r.Method == "POST").Select(r => r.Body).ShouldBe(
        [
            """{"slug":"weather","title":"Weather","transport":"http","url":"https://weather.test/mcp","headers":{"X-Key":"w1"}}""",
            """{"slug":"old","transport":"sse","url":"https://old.test/sse"}""",
            """{"slug":"files","transport":"stdio","launcher":"files","variables":{"TOKEN":"s3"}}""",
        ]);
        (await File.ReadAllTextAsync(Path.Combine(run.Folder, "mcpplatform.yaml"), TestContext.Current.CancellationToken)).ShouldContain("""args: ["-y", "@mcp/files", "/srv"]""");
        result.Out.ShouldContain("asks: left out: ${input:token} must be set");
        result.Out.ShouldContain("known: is registered already");
        result.Out.ShouldContain("odd: left out: it has neither");
        result.Out.ShouldNotContain("s3");
        result.Out.ShouldNotContain("w1");
    }

    [Fact]
    public async Task A_dry_run_shows_all_and_does_nothing()
    {
        await using var platform = await Platform();
        using var run = CliRun.At(platform).With("WEATHER_KEY", "w1");

        var result = await run.RunWithInput(Desktop, "config", "import", "-", "--dry-run", "--only", "files", "--only", "Weather");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldContain("would be registered as weather at https://weather.test/mcp, with X-Key.");
        result.Out.ShouldContain("files");
        result.Out.ShouldNotContain("odd");
        platform.Seen.ShouldAllBe(r => r.Method == "GET");
        File.Exists(Path.Combine(run.Folder, "mcpplatform.yaml")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{", "is no JSON")]
    [InlineData("[]", "mcpServers")]
    [InlineData("""{"mcpServers":[]}""", "mcpServers")]
    public async Task A_file_that_is_no_configuration_says_so(string text, string message)
    {
        await using var platform = await Platform();
        using var run = CliRun.At(platform);

        var result = await run.RunWithInput(text, "config", "import", "-");

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(message);
        platform.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("generic", "mcpServers", "url")]
    [InlineData("claude-code", "mcpServers", "url")]
    [InlineData("cline", "mcpServers", "url")]
    [InlineData("cursor", "mcpServers", "url")]
    [InlineData("gemini", "mcpServers", "httpUrl")]
    [InlineData("vscode", "servers", "url")]
    [InlineData("windsurf", "mcpServers", "serverUrl")]
    [InlineData("zed", "context_servers", "url")]
    public async Task A_client_by_address_gets_the_platforms_endpoint_and_no_key_unless_it_is_wanted(string client, string member, string address)
    {
        await using var platform = await Platform();
        using var run = CliRun.At(platform);

        var (without, with) = (await run.Run("config", "export", "--client", client), await run.Run("config", "export", "--client", client, "--server", "up", "--with-key"));

        without.Out.ShouldNotContain("mcpp_test");
        JsonNode.Parse(without.Out)![member]!["mcpplatform"]![address]!.GetValue<string>().ShouldBe($"{platform.Url}/mcp");
        var entry = JsonNode.Parse(with.Out)![member]!["up"]!;
        entry[address]!.GetValue<string>().ShouldBe($"{platform.Url}/mcp/servers/up");
        entry["headers"]!["Authorization"]!.GetValue<string>().ShouldBe("Bearer mcpp_test");
    }

    [Theory]
    [InlineData("claude-desktop")]
    [InlineData("stdio")]
    public async Task A_client_that_starts_processes_gets_one_with_the_gateway_behind_it(string client)
    {
        await using var platform = await Platform();
        using var run = CliRun.At(platform);

        var result = await run.Run("config", "export", "--client", client, "--server", "up");

        var entry = JsonNode.Parse(result.Out)!["mcpServers"]!["up"]!;
        Path.IsPathRooted(entry["command"]!.GetValue<string>()).ShouldBeTrue();
        entry["args"]!.AsArray().Select(a => a!.GetValue<string>()).TakeLast(3).ShouldBe(["stdio", "--server", "up"]);
        entry["env"]!["MCPP_URL"]!.GetValue<string>().ShouldBe(platform.Url);
    }

    [Theory]
    [InlineData("generic")]
    [InlineData("stdio")]
    public async Task A_client_can_be_pointed_at_a_tool_set(string client)
    {
        await using var platform = await Platform();
        using var run = CliRun.At(platform);

        var entry = JsonNode.Parse((await run.Run("config", "export", "--client", client, "--set", "support")).Out)!["mcpServers"]!["support"]!;

        if (client == "stdio")
        {
            entry["args"]!.AsArray().Select(a => a!.GetValue<string>()).TakeLast(3).ShouldBe(["stdio", "--set", "support"]);
        }
        else
        {
            entry["url"]!.GetValue<string>().ShouldBe($"{platform.Url}/mcp/sets/support");
        }
    }

    [Fact]
    public async Task What_is_exported_is_not_imported_again()
    {
        await using var platform = await Platform();
        using var run = CliRun.At(platform);
        var exported = (await run.Run("config", "export", "--with-key")).Out;

        var result = await run.RunWithInput(exported, "config", "import", "-");

        result.Out.ShouldContain("it is this platform");
        platform.Seen.ShouldBeEmpty();
    }

    private static Task<FakePlatform> Platform() => FakePlatform.Start(r =>
        r.Method == "POST" ? (201, "{}") : r.Path == "/api/v1/servers/known" ? (200, "{}") : (404, """{"error":{"code":"servers.not_found","message":"no"}}"""));
}
