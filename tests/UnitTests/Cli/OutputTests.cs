using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

public sealed class OutputTests
{
    [Fact]
    public async Task A_list_is_a_table_with_one_line_per_item()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """
            {"items":[{"slug":"files","transport":"stdio","launcher":"files-launcher","health":"healthy","tool_count":13,"enabled":true,"managed_by":"file","origin":"mcpplatform.yaml:2"},
                      {"slug":"far","transport":"http","url":"https://far.test/mcp","health":"unhealthy","tool_count":0,"enabled":false,"managed_by":"api","origin":null}],"next_cursor":null}
            """));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "list");

        result.ExitCode.ShouldBe(0);
        var lines = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        result.Out.Split('\n').ShouldAllBe(l => l == l.TrimEnd());
        lines.ShouldBe(["NAME TRANSPORT TARGET HEALTH TOOLS ENABLED MANAGED BY", "files stdio files-launcher healthy 13 true mcpplatform.yaml:2", "far http https://far.test/mcp unhealthy 0 false api"]);
    }

    [Fact]
    public async Task Pages_are_followed_up_to_the_limit()
    {
        await using var platform = await FakePlatform.Start(r => r.Query.Contains("cursor=b")
            ? (200, """{"items":[{"slug":"s3"}],"next_cursor":"c"}""")
            : (200, """{"items":[{"slug":"s1"},{"slug":"s2"}],"next_cursor":"b"}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "list", "--limit", "3", "--json");

        var answer = JsonNode.Parse(result.Out)!;
        ((JsonArray)answer["items"]!).Select(i => (string?)i!["slug"]).ShouldBe(["s1", "s2", "s3"]);
        ((string?)answer["next_cursor"]).ShouldBe("c");
        platform.Seen.Select(r => r.Query).ShouldBe(["?limit=3", "?limit=1&cursor=b"]);
    }

    [Fact]
    public async Task A_list_that_goes_on_says_so()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"items":[{"slug":"s1"}],"next_cursor":"b"}"""));
        using var run = CliRun.At(platform);

        (await run.Run("servers", "list", "--limit", "1")).Error.ShouldContain("--limit");
    }

    [Fact]
    public async Task An_empty_list_is_a_sentence_and_with_json_an_empty_list()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"items":[],"next_cursor":null}"""));
        using var run = CliRun.At(platform);

        (await run.Run("secrets", "list")).Out.ShouldBe("No secrets.\n");
        ((JsonArray)JsonNode.Parse((await run.Run("secrets", "list", "--json")).Out)!["items"]!).ShouldBeEmpty();
    }

    [Fact]
    public async Task Text_from_a_server_cannot_steer_the_terminal()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"items":[{"server":"s","name":"t","description":"a\u001b[2Jb\nc\u202Ed [red]x[/]"}],"next_cursor":null}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("tools", "list");

        result.Out.ShouldContain("a[2Jb cd [red]x[/]");
        result.Out.ShouldNotContain('\u001b');
        result.Out.ShouldNotContain('\u202E');
    }
}
