using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

/// <summary>Integrations at the command line.</summary>
public sealed class IntegrationCommandTests
{
    private const string One = """{"id":"1","name":"acme","server":"up","environment":"prod","capabilities":[{"intent":"tickets.create","tool":"create@home","version":"1.4.0"},{"intent":"go","tool":"run","version":""}],"enabled":true}""";

    [Fact]
    public async Task An_integration_is_added_with_its_capabilities_and_their_versions()
    {
        await using var platform = await FakePlatform.Start(_ => (201, One));
        using var run = CliRun.At(platform);

        var result = await run.Run("integrations", "add", "acme", "up", "tickets.create=create@home@1.4.0", "go=run", "say=me@work", "--environment", "prod");

        result.ExitCode.ShouldBe(0, result.Error);
        platform.Seen.Single().ShouldSatisfyAllConditions(
            r => $"{r.Method} {r.Path}".ShouldBe("POST /v1/integrations/mcp"),
            r => r.Body.ShouldBe("""{"name":"acme","server":"up","capabilities":[{"intent":"tickets.create","tool":"create@home","version":"1.4.0"},{"intent":"go","tool":"run"},{"intent":"say","tool":"me@work"}],"environment":"prod"}"""));
    }

    [Fact]
    public async Task Integrations_are_listed_with_what_they_can_do_and_cannot_steer_the_terminal()
    {
        await using var platform = await FakePlatform.Start(_ => (200, $$"""{"items":[{{One}},{"name":"bad\u001b[2J","server":"up","capabilities":[]}],"next_cursor":null}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("integrations", "list");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldContain("tickets.create=create@home@1.4.0, go=run");
        result.Out.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task An_integration_is_shown_and_removed_by_its_name()
    {
        await using var platform = await FakePlatform.Start(r => r.Method == "DELETE" ? (204, "") : (200, One));
        using var run = CliRun.At(platform);

        (await run.Run("integrations", "get", "acme")).Out.ShouldContain("tickets.create");
        (await run.Run("integrations", "rm", "acme")).ExitCode.ShouldBe(0);

        platform.Seen.Select(r => $"{r.Method} {r.Path}").ShouldBe(["GET /v1/integrations/mcp/acme", "DELETE /v1/integrations/mcp/acme"]);
    }

    [Theory]
    [InlineData("integrations", "add", "acme", "up")]
    [InlineData("integrations", "add", "acme", "up", "nothing")]
    [InlineData("integrations", "add", "acme", "up", "=run")]
    [InlineData("integrations", "add", "acme", "up", "go=")]
    [InlineData("config", "export", "--server", "a", "--set", "b")]
    public async Task What_is_called_wrongly_is_not_even_sent(params string[] arguments)
    {
        await using var platform = await FakePlatform.Start(_ => (500, "{}"));
        using var run = CliRun.At(platform);

        (await run.Run(arguments)).ExitCode.ShouldBe(2);

        platform.Seen.ShouldBeEmpty();
    }
}
