using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

public sealed class LauncherFileTests
{
    [Fact]
    public async Task A_launcher_starts_the_file_and_the_next_one_joins_it()
    {
        using var run = new CliRun();

        (await run.Run("servers", "add", "files", "--var", "ROOT", "--", "npx", "-y", "@modelcontextprotocol/server-filesystem", "/a \"b\"")).ExitCode.ShouldBe(0);
        (await run.Run("servers", "add", "clock", "--", "uvx", "mcp-server-time", "--url", "x")).ExitCode.ShouldBe(0);

        Text(run).ShouldBe("""
            launchers:
              clock:
                command: "uvx"
                args: ["mcp-server-time", "--url", "x"]
              files:
                command: "npx"
                args: ["-y", "@modelcontextprotocol/server-filesystem", "/a \u0022b\u0022"]
                variables: [ROOT]

            """);
    }

    [Fact]
    public async Task What_people_wrote_stays()
    {
        using var run = new CliRun();
        await File.WriteAllTextAsync(File_(run), "# ours\nlaunchers:   \n    # the first\n    a: {command: b}   # one line\nother: 1");

        var result = await run.Run("servers", "add", "c", "--", "d");

        result.ExitCode.ShouldBe(0, result.Error);
        Text(run).ShouldBe("# ours\nlaunchers:   \n    c:\n      command: \"d\"\n      args: []\n    # the first\n    a: {command: b}   # one line\nother: 1");
    }

    [Theory]
    [InlineData("launchers:\n  a:\n    command: b\n", "a")]
    [InlineData("launchers: {b: {command: c}}\n", "a")]
    [InlineData("launchers:\n  - name: b\n", "a")]
    [InlineData("launchers: {", "a")]
    [InlineData("", "Not A Name")]
    [InlineData("", "17")]
    public async Task A_taken_name_and_a_file_that_cannot_be_edited_change_nothing(string text, string name)
    {
        using var run = new CliRun();
        await File.WriteAllTextAsync(File_(run), text);

        var result = await run.Run("servers", "add", name, "--", "command");

        result.ExitCode.ShouldBe(2);
        Text(run).ShouldBe(text);
    }

    private static string File_(CliRun run) => Path.Combine(run.Folder, "mcpplatform.yaml");

    private static string Text(CliRun run) => File.ReadAllText(File_(run));
}
