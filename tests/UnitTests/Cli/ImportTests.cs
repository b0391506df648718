using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

/// <summary><c>mcpp servers import</c>; the platform stands in for the registry as well.</summary>
public sealed class ImportTests
{
    private const string Weather = """
        {"server":{"name":"com.example/Weather_Now","title":"Weather","description":"d","version":"1.2.0","remotes":[
          {"type":"sse","url":"https://old.example.com/sse"},
          {"type":"streamable-http","url":"https://{region}.example.com/mcp","variables":{"region":{"default":"eu"}},
           "headers":[{"name":"X-Key","description":"your key","isRequired":true,"isSecret":true},{"name":"X-Mode","value":"{mode}","variables":{"mode":{"value":"plain"}}},{"name":"X-Extra"}]}]},"_meta":{}}
        """;

    [Fact]
    public async Task A_remote_server_is_registered_as_its_registry_describes_it()
    {
        await using var platform = await FakePlatform.Start(r => r.Method == "GET" ? (200, Weather) : (201, """{"id":"1","slug":"weather-now"}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "import", "com.example/Weather_Now", "--registry", platform.Url, "--registry-header", "Authorization=Bearer r", "--set", "X-Key=s3", "--tag", "x");

        result.ExitCode.ShouldBe(0, result.Error);
        var (asked, sent) = (platform.Seen.First(), platform.Seen.Last());
        (asked.Path.Replace("%2F", "/", StringComparison.Ordinal), asked.Authorization).ShouldBe(("/v0.1/servers/com.example/Weather_Now/versions/latest", "Bearer r"));
        (sent.Method, sent.Path).ShouldBe(("POST", "/api/v1/servers"));
        sent.Body.ShouldBe("""{"slug":"weather-now","title":"Weather","transport":"http","url":"https://eu.example.com/mcp","tags":["x"],"headers":{"X-Key":"s3","X-Mode":"plain"}}""");
    }

    [Fact]
    public async Task What_is_missing_is_named_and_nothing_is_registered()
    {
        await using var platform = await FakePlatform.Start(_ => (200, Weather));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "import", "com.example/Weather_Now", "--registry", platform.Url);

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("X-Key (your key)");
        platform.Seen.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(200, """{"server":{"name":"a/b","packages":[{"registryType":"npm","identifier":"@a/b","version":"1.0.0"}]}}""", "npm @a/b 1.0.0")]
    [InlineData(200, """{"server":{"name":"a/b"}}""", "no remote")]
    [InlineData(200, """{"server":[]}""", "does not answer as an MCP registry does")]
    [InlineData(200, "<html>", "does not answer as an MCP registry does")]
    [InlineData(404, """{"error":"nope"}""", "has no server 'a/b'")]
    [InlineData(503, """{"error":"later"}""", "answers 503: later")]
    public async Task A_registry_that_has_nothing_to_import_is_said_to_and_nothing_is_registered(int status, string body, string message)
    {
        await using var platform = await FakePlatform.Start(_ => (status, body));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "import", "a/b", "--registry", platform.Url);

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain(message);
        platform.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_unreachable()
    {
        await using var platform = await FakePlatform.Start(_ => (200, "{}"));
        using var run = CliRun.At(platform);

        (await run.Run("servers", "import", "a/b", "--registry", "http://127.0.0.1:1")).ExitCode.ShouldNotBe(0);
        (await run.Run("servers", "import", "a/b", "--registry", "ftp://127.0.0.1")).ExitCode.ShouldBe(2);
        platform.Seen.ShouldBeEmpty();
    }
}
