using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

/// <summary>Routes, and what became of a tool's calls, at the command line.</summary>
public sealed class RouteCommandTests
{
    [Fact]
    public async Task A_route_is_added_with_its_candidates_in_order_and_their_weights()
    {
        await using var platform = await FakePlatform.Start(_ => (201, """{"id":"1","intent":"go"}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("routes", "add", "go", "a/run=3", "b/with/slash", "--balancing", "weighted_random", "--intent-version", "1.4.0");

        result.ExitCode.ShouldBe(0, result.Error);
        platform.Seen.Single().Body.ShouldBe(
            """{"intent":"go","candidates":[{"server":"a","tool":"run","weight":3},{"server":"b","tool":"with/slash"}],"balancing":"weighted_random","intent_version":"1.4.0"}""");
    }

    [Theory]
    [InlineData("routes", "add", "go")]
    [InlineData("routes", "add", "go", "nothing")]
    [InlineData("routes", "add", "go", "/run")]
    [InlineData("routes", "add", "go", "a/")]
    [InlineData("routes", "add", "go", "a/run", "--balancing", "often")]
    [InlineData("routes", "execute", "go", "--json-arguments", "[1]")]
    public async Task What_is_no_route_is_not_even_sent(params string[] arguments)
    {
        await using var platform = await FakePlatform.Start(_ => (500, "{}"));
        using var run = CliRun.At(platform);

        (await run.Run(arguments)).ExitCode.ShouldBe(2);

        platform.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_route_is_removed_by_its_intent_when_there_is_one()
    {
        await using var platform = await FakePlatform.Start(request => request.Method == "GET" ? (200, """{"items":[{"id":"0b9a7a2c-0d7e-4a1c-9d59-0d6f3f0b8a11","intent":"go"}],"next_cursor":null}""") : (204, ""));
        using var run = CliRun.At(platform);

        (await run.Run("routes", "rm", "go")).ExitCode.ShouldBe(0);

        platform.Seen.Last().Path.ShouldBe("/api/v1/routes/0b9a7a2c-0d7e-4a1c-9d59-0d6f3f0b8a11");
    }

    [Fact]
    public async Task A_tools_history_shows_counts_codes_and_calls_and_cannot_steer_the_terminal()
    {
        await using var platform = await FakePlatform.Start(request => request.Path.Contains("/summary", StringComparison.Ordinal)
            ? (200, """
                {"figures":{"calls":3,"errors":1,"denied":0,"p50_ms":1.5,"p95_ms":9,"p99_ms":9},"outcomes":[{"status":"ok","error_code":null,"calls":2},{"status":"error","error_code":"upstream.timeout\u001b[2J","calls":1}],
                 "last_error":{"id":"7","error_code":"upstream.timeout","started_at":"2026-11-21T05:00:00Z"}}
                """)
            : (200, """{"items":[{"id":"7","started_at":"2026-11-21T05:00:00Z","subject":"ada","status":"error","error_code":"upstream.timeout","duration_ms":9}],"next_cursor":null}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("tools", "history", "files", "a/b", "--status", "error");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldContain("3 calls, 1 errors, 0 denied; p50 1.5 ms");
        result.Out.ShouldContain("upstream.timeout");
        result.Out.ShouldNotContain("\u001b");
        platform.Seen.Select(r => r.Path).ShouldAllBe(path => path.StartsWith("/api/v1/tools/files/a%2Fb/executions", StringComparison.Ordinal) || path.StartsWith("/api/v1/tools/files/a/b/executions", StringComparison.Ordinal));
    }
}
