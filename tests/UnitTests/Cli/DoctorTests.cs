using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

/// <summary><c>mcpp doctor</c>: what is wrong is named, with what to do about it, and the exit code says whether anything is.</summary>
public sealed class DoctorTests
{
    private readonly Dictionary<string, (int Status, string Body)> _answers = new()
    {
        ["/alive"] = (200, "{}"),
        ["tools/list"] = (200, """{"result":{"tools":[{"name":"x"}]}}"""),
        ["/health"] = (200, """{"status":"healthy","components":[{"name":"bus","status":"healthy","description":""}]}"""),
        ["/api/v1/gateway/status"] = (200, """{"gateway_id":"g","policy":{"age_ms":10},"registry":{"age_ms":10},"spool":{"dropped":0,"accepts":true}}"""),
        ["/api/v1/configuration/policy"] = (200, """{"state":"none","problems":[]}"""),
        ["/api/v1/configuration/registry"] = (200, """{"state":"in_force","source":"mcpplatform.yaml","problems":[]}"""),
        ["/api/v1/servers"] = (200, """{"items":[{"slug":"up","enabled":true,"health":"healthy"}],"next_cursor":null}"""),
        ["/api/v1/servers/up/discover"] = (200, """{"slug":"up","health":"healthy","protocol_version":"2026-07-28","tool_count":3}"""),
        ["/api/v1/breakers"] = (200, """{"items":[{"id":"b","server":"up","address":"a","forced_open":false,"gateways":[{"gateway":"g","breaker":"closed"}]}]}"""),
        ["/api/v1/admin/cache"] = (200, """{"entries":0,"shared":{"reachable":true,"round_trip_ms":0.4,"hits":1}}"""),
        ["/api/v1/admin/dead-letters"] = (200, """{"items":[],"next_cursor":null}"""),
        ["subscriptions/listen"] = (200, "event: message\ndata: {}\n\n"),
    };

    [Fact]
    public async Task A_platform_that_is_well_is_said_to_be()
    {
        var result = await Run();

        result.ExitCode.ShouldBe(0, result.Out);
        result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.StartsWith("ok", StringComparison.Ordinal));
        foreach (var check in new[] { "address", "clock", "key", "components", "gateway", "config", "servers", "breakers", "messages", "cache", "streams" })
        {
            result.Out.ShouldContain($"  {check} ");
        }
    }

    [Theory]
    [InlineData("/alive", 502, "<html>", "FAIL  address", "proxy")]
    [InlineData("tools/list", 401, "{}", "FAIL  key", "mcpp keys create")]
    [InlineData("/health", 503, """{"components":[{"name":"database-policy","status":"unhealthy","description":"refused"}]}""", "FAIL  database-policy", "ConnectionStrings__policydb")]
    [InlineData("/health", 200, """{"components":[{"name":"bus","status":"degraded","description":"not connected"}]}""", "warn  bus", "ConnectionStrings__rabbitmq")]
    [InlineData("/api/v1/gateway/status", 200, """{"policy":{"age_ms":120000},"registry":{"age_ms":1}}""", "warn  gateway", "Services__Policy__BaseAddress")]
    [InlineData("/api/v1/gateway/status", 200, """{"spool":{"dropped":3,"accepts":true}}""", "warn  records", "3 call records were dropped")]
    [InlineData("/api/v1/gateway/status", 200, """{"spool":{"dropped":0,"accepts":false}}""", "FAIL  records", "Make room")]
    [InlineData("/api/v1/gateway/status", 403, """{"error":{"code":"forbidden","message":"no"}}""", "skip  gateway", "may not see it")]
    [InlineData("/api/v1/gateway/status", 500, """{"error":{"code":"internal","message":"no"}}""", "FAIL  gateway", "internal: no")]
    [InlineData("/api/v1/configuration/registry", 200, """{"state":"refused","source":"mcpplatform.yaml","problems":[{"field":"servers.a","message":"mcpplatform.yaml:3:5: no"}]}""", "FAIL  config", "mcpp config validate")]
    [InlineData("/health", 200, """{"components":[{"name":"service-policy","status":"degraded","description":"It does not take this gateway's credential: it was started with another MCPP_INTERNAL_KEY."}]}""", "warn  service-policy", "the same MCPP_INTERNAL_KEY")]
    [InlineData("/health", 200, """{"components":[{"name":"service-tracing","status":"degraded","description":"Its clock and this gateway's are 90 s apart"}]}""", "warn  service-tracing", "NTP")]
    [InlineData("/health", 200, """{"components":[{"name":"service-policy","status":"degraded","description":"It answers 503 (database-policy: The database does not answer)"}]}""", "warn  service-policy", "ConnectionStrings__policydb")]
    [InlineData("/api/v1/servers/up/discover", 200, """{"slug":"up","health":"unhealthy","health_message":"connect_failed"}""", "warn  servers", "connect_failed")]
    [InlineData("/api/v1/servers/up/discover", 200, """{"slug":"up","health":"unhealthy","health_message":"A credential cannot be decrypted with this master key."}""", "warn  servers", "MCPP_MASTER_KEY")]
    [InlineData("/api/v1/servers/up/discover", 200, """{"slug":"up","health":"healthy","health_message":"1 tool left out"}""", "warn  servers", "1 tool left out")]
    [InlineData("/api/v1/servers/up/discover", 500, """{"error":{"code":"internal","message":"no"}}""", "warn  servers", "could not be looked at")]
    [InlineData("/api/v1/breakers", 200, """{"items":[{"id":"b7","server":"up","address":"http://a","forced_open":true,"gateways":[]}]}""", "warn  breakers", "b7/reset")]
    [InlineData("/api/v1/breakers", 200, """{"items":[{"id":"b7","server":"up","address":"http://a","forced_open":false,"gateways":[{"breaker":"open"}]}]}""", "warn  breakers", "up at http://a")]
    [InlineData("/api/v1/admin/cache", 200, """{"shared":{"reachable":false,"round_trip_ms":null,"hits":1}}""", "warn  cache", "Gateway__Cache__Redis__Url")]
    [InlineData("/api/v1/admin/cache", 200, """{"shared":{"reachable":true,"round_trip_ms":40.5,"hits":1}}""", "warn  cache", "40.5 ms")]
    [InlineData("/api/v1/admin/dead-letters", 200, """{"items":[{}],"next_cursor":null}""", "warn  messages", "dead-letters")]
    [InlineData("subscriptions/listen", 200, "{}", "warn  streams", "no stream")]
    [InlineData("subscriptions/listen", 200, "event: message\n\n", "FAIL  streams", "time-outs")]
    public async Task What_is_wrong_is_named_with_what_to_do_about_it(string asked, int status, string body, string finding, string advice)
    {
        _answers[asked] = (status, body);

        var result = await Run();

        result.Out.ShouldContain(finding);
        result.Out.ShouldContain(advice);
        result.ExitCode.ShouldBe(finding.StartsWith("FAIL", StringComparison.Ordinal) ? 1 : 0, result.Out);
    }

    [Fact]
    public async Task A_server_is_looked_at_now_or_as_it_was_last_seen_where_the_key_may_not()
    {
        (await Run()).Out.ShouldContain("up is healthy, looked at in ");
        _answers["/api/v1/servers/up/discover"] = (403, """{"error":{"code":"forbidden","message":"no"}}""");
        var result = await Run();
        result.Out.ShouldContain("up is healthy.");
        result.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_program_that_the_gateways_file_does_not_name_is_named()
    {
        _answers["/api/v1/servers"] = (200, """{"items":[{"slug":"up","enabled":true,"health":"healthy","transport":"stdio","launcher":"files"}],"next_cursor":null}""");
        _answers["/api/v1/gateway/launchers"] = (200, """{"items":[{"name":"other","variables":[]}]}""");
        (await Run()).Out.ShouldContain("no launcher 'files', which up is started by");
        _answers["/api/v1/gateway/launchers"] = (200, """{"items":[{"name":"files","variables":[]}]}""");
        (await Run()).Out.ShouldContain("ok    launchers");
    }

    [Fact]
    public async Task An_address_where_nothing_is_fails_alone()
    {
        using var run = new CliRun().With("MCPP_URL", "http://127.0.0.1:1").With("MCPP_KEY", "mcpp_test");

        var result = await run.Run("doctor");

        result.ExitCode.ShouldBe(1);
        result.Out.ShouldContain("FAIL  address");
        result.Out.ShouldContain("./run.sh");
        result.Out.ShouldNotContain("streams");
    }

    [Fact]
    public async Task Without_a_key_the_rest_is_not_looked_at()
    {
        await using var platform = await FakePlatform.Start(Answer);
        using var run = new CliRun().With("MCPP_URL", platform.Url);

        var result = await run.Run("doctor", "--json");

        result.ExitCode.ShouldBe(1);
        JsonNode.Parse(result.Out)!["items"]!.AsArray().Select(i => $"{i!["verdict"]} {i["check"]}").ShouldBe(["ok address", "ok clock", "failed key"]);
    }

    private async Task<CliResult> Run()
    {
        await using var platform = await FakePlatform.Start(Answer);
        using var run = CliRun.At(platform);
        return await run.Run("doctor");
    }

    private (int Status, string Body) Answer(SeenRequest request) =>
        _answers[request.Path == "/mcp" ? JsonNode.Parse(request.Body)!["method"]!.GetValue<string>() : request.Path];
}
