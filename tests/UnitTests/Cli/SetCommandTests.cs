using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

/// <summary>Tool sets at the command line.</summary>
public sealed class SetCommandTests
{
    private const string Set = """{"slug":"support","endpoint":"/mcp/sets/support","version":2,"definition":{"title":"Support","members":[{"server":"github"}]},"unmatched":["server later: no enabled server"]}""";

    [Fact]
    public async Task A_set_is_replaced_and_made_when_there_is_none_and_says_what_of_it_matches_nothing()
    {
        await using var platform = await FakePlatform.Start(r => r.Method == "PUT" ? (404, """{"error":{"code":"tool_sets.not_found","message":"None."}}""") : (201, Set));
        using var run = CliRun.At(platform);

        var result = await run.RunWithInput("""{"members":[{"server":"github"}]}""", "sets", "set", "support", "-f", "-");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldBe("Created support. It is at /mcp/sets/support. Matches nothing now: server later: no enabled server.\n");
        platform.Seen.Select(r => $"{r.Method} {r.Path}").ShouldBe(["PUT /api/v1/tool-sets/support", "POST /api/v1/tool-sets"]);
        platform.Seen.Last().Body.ShouldBe("""{"members":[{"server":"github"}],"slug":"support"}""");
    }

    [Fact]
    public async Task What_get_printed_can_be_set_again()
    {
        await using var platform = await FakePlatform.Start(_ => (200, Set));
        using var run = CliRun.At(platform);

        var printed = await run.Run("sets", "get", "support");
        (await run.RunWithInput(printed.Out, "sets", "set", "support", "-f", "-")).ExitCode.ShouldBe(0);

        platform.Seen.Last().Body.ShouldBe("""{"title":"Support","members":[{"server":"github"}]}""");
    }

    [Fact]
    public async Task A_set_is_rolled_back_and_its_versions_are_compared()
    {
        await using var platform = await FakePlatform.Start(r => r.Path.EndsWith("/diff", StringComparison.Ordinal)
            ? (200, """{"from":1,"to":2,"changes":[{"path":"title","before":"Old","after":"New\u001b[2J"}]}""")
            : (200, Set));
        using var run = CliRun.At(platform);

        (await run.Run("sets", "rollback", "support", "1")).Out.ShouldStartWith("support is what it was in version 1, as version 2.");
        var diff = await run.Run("sets", "diff", "support", "--from", "1", "--to", "2");

        platform.Seen.First().ShouldSatisfyAllConditions(r => r.Path.ShouldBe("/api/v1/tool-sets/support/rollback"), r => r.Body.ShouldBe("""{"version":1}"""));
        platform.Seen.Last().Query.ShouldBe("?from=1&to=2");
        diff.Out.ShouldContain("Old");
        diff.Out.ShouldNotContain("\u001b");
    }

    [Theory]
    [InlineData("sets", "set", "support")]
    [InlineData("sets", "rollback", "support", "first")]
    [InlineData("stdio", "--server", "a", "--set", "b")]
    public async Task What_is_called_wrongly_is_not_even_sent(params string[] arguments)
    {
        await using var platform = await FakePlatform.Start(_ => (500, "{}"));
        using var run = CliRun.At(platform);

        (await run.Run(arguments)).ExitCode.ShouldBe(2);

        platform.Seen.ShouldBeEmpty();
    }
}
