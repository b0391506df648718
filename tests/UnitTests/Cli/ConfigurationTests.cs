using System.Text.Json.Nodes;
using McpPlatform.Configuration;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

/// <summary><c>mcpp config</c> about the platform's own file.</summary>
public sealed class ConfigurationTests
{
    private const string Good = "servers:\n  docs:\n    url: https://docs.example.com/mcp\n    headers: { Authorization: \"Bearer ${TOKEN}\", X-Cost: \"$${5}\" }\nlaunchers:\n  here: { command: sh }\n";

    [Theory]
    [InlineData("solo")]
    [InlineData("team")]
    [InlineData("enterprise")]
    public async Task A_configuration_that_is_generated_is_valid(string template)
    {
        using var run = new CliRun();
        await Write(run, (await run.Run("config", "generate", template)).Out);

        var result = await run.Run("config", "validate");

        (result.ExitCode, result.Error).ShouldBe((0, ""));
        result.Out.ShouldContain("mcpplatform.yaml is valid");
    }

    [Fact]
    public async Task Mistakes_are_told_with_line_member_reason_and_fix()
    {
        using var run = new CliRun();
        await Write(run, "servers:\n  a:\n    url: https://x.example\n    titel: A\n");

        var result = await run.Run("config", "validate");
        var json = JsonNode.Parse((await run.Run("config", "validate", "--json")).Out)!;

        result.ExitCode.ShouldBe(1);
        result.Out.ShouldContain("mcpplatform.yaml:4:5: servers.a: 'titel' is no member. Did you mean 'title'?");
        (json["valid"]!.GetValue<bool>(), json["problems"]![0]!["line"]!.GetValue<int>()).ShouldBe((false, 4));
        (await run.Run("config", "effective")).ExitCode.ShouldBe(1);
        (await run.Run("config", "validate", "--config", "none.yaml")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Every_value_is_shown_with_where_it_comes_from_and_secrets_are_not()
    {
        using var run = new CliRun().With("TOKEN", "canary").With("MCPP_SERVERS__DOCS__TITLE", "Docs").With("MCPP_CONFIG", "other.json");
        await File.WriteAllTextAsync(Path.Combine(run.Folder, "other.json"), """{"servers":{"docs":{"url":"https://docs.example.com/mcp","headers":{"Authorization":"Bearer ${TOKEN}"}}}}""", TestContext.Current.CancellationToken);

        var shown = JsonNode.Parse((await run.Run("config", "effective", "--json")).Out)!["items"]!.AsArray().ToDictionary(v => v!["path"]!.GetValue<string>(), v => $"{v!["value"]} {v["origin"]} {v["via"]}".Trim());

        shown.ShouldBe(new Dictionary<string, string>
        {
            ["servers.docs.headers.Authorization"] = "*** other.json:1 TOKEN",
            ["servers.docs.title"] = "Docs MCPP_SERVERS__DOCS__TITLE",
            ["servers.docs.url"] = "https://docs.example.com/mcp other.json:1",
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task The_schema_is_printed_for_editors()
    {
        using var run = new CliRun();

        (await run.Run("config", "schema")).Out.ShouldBe(ConfigSchema.Text);
    }

    [Fact]
    public async Task Applying_shows_the_plan_first_and_needs_a_yes()
    {
        await using var platform = await FakePlatform.Start(r => (200, r.Path.EndsWith("registry", StringComparison.Ordinal)
            ? """{"changes":[{"action":"create","path":"servers.docs","origin":"mcpplatform.yaml:2","members":[]}]}"""
            : """{"changes":[]}"""));
        using var run = CliRun.At(platform).With("TOKEN", "canary");
        await Write(run, Good);

        var diff = await run.Run("config", "diff");
        var asked = await run.Run("config", "apply");
        platform.Seen.ShouldAllBe(r => r.Query.Contains("dry_run=true"));
        var applied = await run.Run("config", "apply", "--yes");

        (diff.ExitCode, asked.ExitCode, applied.ExitCode).ShouldBe((0, 1, 0));
        diff.Out.ShouldContain("+ servers.docs   (mcpplatform.yaml:2)");
        asked.Error.ShouldContain("Nothing was changed");
        platform.Seen.TakeLast(2).Select(r => (r.Path, r.Query)).ShouldBe(
        [
            ("/api/v1/configuration/policy", "?dry_run=false&source=mcpplatform.yaml"), ("/api/v1/configuration/registry", "?dry_run=false&source=mcpplatform.yaml"),
        ]);
    }

    [Fact]
    public async Task What_is_sent_has_values_and_lines_no_launchers_and_is_read_as_it_was_written()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"changes":[]}"""));
        using var run = CliRun.At(platform).With("TOKEN", "canary ${PATH}");
        await Write(run, Good);

        await run.Run("config", "diff");
        var read = LoadedConfiguration.OfText(System.Text.Encoding.UTF8.GetBytes(platform.Seen.Last().Body), McpPlatform.Configuration.Text.ConfigFormat.Json, "sent");

        read.Problems.ShouldBeEmpty();
        var server = read.Configuration.Servers["docs"];
        server.Headers!.ShouldBe(new Dictionary<string, string> { ["Authorization"] = "Bearer canary ${PATH}", ["X-Cost"] = "${5}" }, ignoreOrder: true);
        server.Enabled.ShouldBeTrue();
        read.Configuration.Launchers.ShouldBeEmpty();
        read.OriginOf("servers.docs").ShouldBe("mcpplatform.yaml:2");
    }

    private static Task Write(CliRun run, string text) => File.WriteAllTextAsync(Path.Combine(run.Folder, "mcpplatform.yaml"), text, TestContext.Current.CancellationToken);
}
