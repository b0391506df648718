using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

public sealed class ExitCodeTests
{
    private const string Refusal =
        """{"error":{"code":"server.exists","message":"There is a server 'a' already.","details":[{"field":"slug","message":"is taken"}],"request_id":"r-17","timestamp":"2027-01-01T00:00:00Z"}}""";

    [Theory]
    [InlineData]
    [InlineData("servers", "nothing-like-it")]
    [InlineData("servers", "get")]
    [InlineData("servers", "list", "--limit", "0")]
    [InlineData("servers", "list", "--limit", "many")]
    [InlineData("servers", "add", "a")]
    [InlineData("servers", "add", "a", "--url", "http://a.test/mcp", "--launcher", "a")]
    [InlineData("servers", "add", "a", "--url", "http://a.test/mcp", "--header", "no-equals-sign")]
    [InlineData("call", "a__b", "word")]
    [InlineData("call", "a__b", "--arguments", "{")]
    [InlineData("call", "a__b", "--arguments", "[]")]
    [InlineData("call", "a__b", "x=1", "--arguments", "{}")]
    [InlineData("keys", "create", "a", "--expires", "soon")]
    [InlineData("policies", "set", "a", "-f", "absent.json")]
    [InlineData("policies", "explain", "a__b")]
    [InlineData("traces", "list", "--status", "fine")]
    [InlineData("traces", "list", "--from", "yesterday-ish")]
    [InlineData("traces", "get", "no-id")]
    [InlineData("deploy", "create", "petstore")]
    [InlineData("packs", "create", "petstore", "-")]
    [InlineData("packs", "create", "com.acme/petstore@1.0.0", "-", "--api-key", "a=b")]
    [InlineData("packs", "create", "com.acme/petstore@1.0.0", "-", "--api-key", "a=b@body:c")]
    [InlineData("secrets", "set", "a")]
    [InlineData("tools", "list", "--key-file", "absent.key")]
    [InlineData("tools", "list", "--key", "a", "--key-file", "b")]
    [InlineData("tools", "list", "--url", "ftp://a.test")]
    public async Task Called_wrongly_it_ends_with_2_and_sends_nothing(params string[] args)
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"items":[],"result":{"tools":[{"name":"a__b"}]}}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run(args);

        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldNotBeEmpty();
        result.Out.ShouldBeEmpty();
        platform.Seen.ShouldAllBe(r => r.Path == "/mcp" && r.Body.Contains("tools/list"));
    }

    [Fact]
    public async Task Without_a_key_it_ends_with_2_and_says_how_to_get_one()
    {
        await using var platform = await FakePlatform.Start(_ => (200, "{}"));
        using var run = new CliRun().With("MCPP_URL", platform.Url);

        var result = await run.Run("tools", "list");

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("mcpp login");
        platform.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusal_ends_with_1_and_names_code_request_and_details()
    {
        await using var platform = await FakePlatform.Start(_ => (409, Refusal));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "add", "a", "--url", "http://a.test/mcp");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldBe("server.exists: There is a server 'a' already. (request r-17)\n  slug: is taken\n");
        result.Out.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(502, "<html>")]
    [InlineData(200, "<html>")]
    [InlineData(404, "")]
    [InlineData(301, "{}")]
    public async Task An_answer_that_is_not_the_platforms_ends_with_1(int status, string body)
    {
        await using var platform = await FakePlatform.Start(_ => (status, body));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "list");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldStartWith("http_");
    }

    [Fact]
    public async Task Without_an_answer_it_ends_with_3_and_names_the_address()
    {
        var platform = await FakePlatform.Start(_ => (200, "{}"));
        using var run = CliRun.At(platform);
        await platform.DisposeAsync();

        var result = await run.Run("servers", "list");

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldContain(platform.Url);
    }

    [Theory]
    [InlineData(200, """{"status":"healthy"}""", 0)]
    [InlineData(503, """{"status":"starting"}""", 1)]
    public async Task Health_works_without_a_key_and_says_by_its_code_whether_it_is_ready(int status, string body, int expected)
    {
        await using var platform = await FakePlatform.Start(r => r.Path == "/health" ? (status, body) : (404, ""));
        using var run = new CliRun().With("MCPP_URL", platform.Url);

        var result = await run.Run("health");

        result.ExitCode.ShouldBe(expected, result.Error);
        platform.Seen.Single().Authorization.ShouldBeNull();
    }

    [Fact]
    public async Task Help_ends_with_0_and_lists_the_exit_codes()
    {
        using var run = new CliRun();

        var result = await run.Run("--help");

        result.ExitCode.ShouldBe(0);
        result.Out.ShouldContain("2 called wrongly");
    }
}
