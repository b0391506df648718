using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

public sealed class CommandTests
{
    [Fact]
    public async Task A_server_is_added_with_only_the_members_that_were_given()
    {
        await using var platform = await FakePlatform.Start(_ => (201, """{"id":"1","slug":"far"}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "add", "far", "--url", "https://far.test/mcp", "--header", "Authorization=Bearer a=b", "--tag", "x", "--tag", "y");

        result.ExitCode.ShouldBe(0, result.Error);
        platform.Seen.Single().Body.ShouldBe("""{"slug":"far","transport":"http","url":"https://far.test/mcp","tags":["x","y"],"headers":{"Authorization":"Bearer a=b"}}""");
    }

    [Fact]
    public async Task Limits_of_a_server_are_set_with_what_was_given_and_taken_away_with_0()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"id":"1","slug":"far"}"""));
        using var run = CliRun.At(platform);

        (await run.Run("servers", "limit", "far", "--rate", "50", "--tool-rate", "look=0.5/2", "--tool-rate", "touch=3", "--max-concurrency", "4")).ExitCode.ShouldBe(0);
        (await run.Run("servers", "limit", "far", "--rate", "0")).ExitCode.ShouldBe(0);
        (await run.Run("servers", "limit", "far", "--tool-rate", "look=often")).ExitCode.ShouldBe(2);

        platform.Seen.Select(r => $"{r.Method} {r.Path} {r.Body}").ShouldBe(
        [
            """PATCH /api/v1/servers/far {"rate_limit":{"rate":50},"tool_rate_limits":{"look":{"rate":0.5,"burst":2},"touch":{"rate":3}},"max_concurrency":4}""",
            """PATCH /api/v1/servers/far {"rate_limit":{}}""",
        ]);
    }

    [Fact]
    public async Task What_may_be_kept_of_a_server_is_declared_and_taken_back_and_what_is_kept_is_cleared()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"servers":["far"]}"""));
        using var run = CliRun.At(platform);

        (await run.Run("servers", "cache", "far", "--tool", "look", "--tool", "get_*", "--ttl-ms", "5000", "--scope", "tenant")).ExitCode.ShouldBe(0);
        (await run.Run("servers", "cache", "far", "--off")).ExitCode.ShouldBe(0);
        (await run.Run("servers", "cache", "far", "--tool", "look")).ExitCode.ShouldBe(2);
        (await run.Run("cache", "stats")).ExitCode.ShouldBe(0);
        (await run.Run("cache", "clear", "--server", "far", "--tool", "look me up")).Out.ShouldContain("look me up of far");
        (await run.Run("cache", "clear", "--tool", "look")).ExitCode.ShouldBe(2);

        platform.Seen.Select(r => $"{r.Method} {r.Path}{r.Query} {r.Body}".TrimEnd()).ShouldBe(
        [
            """PATCH /api/v1/servers/far {"cache":{"tools":["look","get_*"],"ttl_ms":5000,"scope":"tenant"}}""",
            """PATCH /api/v1/servers/far {"cache":{}}""",
            "GET /api/v1/admin/cache",
            "DELETE /api/v1/admin/cache?server=far&tool=look%20me%20up",
        ]);
    }

    [Fact]
    public async Task A_stdio_server_is_added_with_its_scope_and_its_limits()
    {
        await using var platform = await FakePlatform.Start(_ => (201, """{"id":"1","slug":"files"}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "add", "files", "--launcher", "files", "--scope", "session", "--idle-stop-ms", "60000", "--max-instances", "4");

        result.ExitCode.ShouldBe(0, result.Error);
        platform.Seen.Single().Body.ShouldBe("""{"slug":"files","transport":"stdio","launcher":"files","scope":"session","idle_stop_ms":60000,"max_instances":4}""");
    }

    [Fact]
    public async Task The_logs_of_a_server_are_shown_process_by_process_and_cannot_steer_the_terminal()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """
            {"gateway_id":"g-1","server":"files","items":[
              {"process_id":7,"state":"running","scope":"principal","principal":"ada","started_at":"2026-11-21T05:00:00Z","stderr":"one\ntwo\u001b[2J\n","is_withheld":false},
              {"process_id":6,"state":"ended","scope":"shared","principal":null,"started_at":"2026-11-21T04:00:00Z","stderr":"","is_withheld":true}]}
            """));
        using var run = CliRun.At(platform);

        var result = await run.Run("servers", "logs", "files");

        result.ExitCode.ShouldBe(0, result.Error);
        platform.Seen.Single().Path.ShouldBe("/api/v1/gateway/servers/files/stderr");
        result.Out.ShouldBe(
            "gateway g-1: 2 processes\n== process 7 (running, principal of ada, started 2026-11-21T05:00:00Z) ==\none\ntwo[2J\n== process 6 (ended, shared, started 2026-11-21T04:00:00Z) ==\n[withheld: it serves other tenants, too]\n");
    }

    [Fact]
    public async Task Metrics_are_shown_series_by_series_and_whoever_is_away_is_named()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """
            {"origins":[{"service":"gateway","instance":"h:1","error":null},{"service":"tracing","instance":null,"error":"It does not answer."}],
             "metrics":[
              {"name":"mcpp.gateway.overhead","unit":"s","type":"histogram","description":"d","points":[
                {"service":"gateway","instance":"h:1","attributes":{},"value":null,"count":4,"sum":0.002,"buckets":[]}]},
              {"name":"mcpp.gateway.rate_limited","unit":"{request}","type":"counter","description":"d","points":[
                {"service":"gateway","instance":"h:1","attributes":{"mcpp.limit":"key"},"value":3,"count":null,"sum":null,"buckets":null}]}]}
            """));
        using var run = CliRun.At(platform);

        var result = await run.Run("metrics", "--name", "mcpp.gateway.rate_limited");

        result.ExitCode.ShouldBe(0, result.Error);
        (platform.Seen.Single().Path, platform.Seen.Single().Query).ShouldBe(("/api/v1/admin/metrics", "?name=mcpp.gateway.rate_limited"));
        result.Error.ShouldContain("tracing: It does not answer.");
        var lines = result.Out.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        lines.ShouldContain("mcpp.gateway.overhead gateway 4 s 0.0005");
        lines.ShouldContain("mcpp.gateway.rate_limited gateway mcpp.limit=key 3 {request} -");
    }

    [Theory]
    [InlineData("tools", "--server", "far")]
    [InlineData("tools", "list", "--server", "far")]
    public async Task A_noun_alone_lists(params string[] args)
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"items":[{"server":"far","name":"look"}],"next_cursor":null}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run(args);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldContain("look");
        platform.Seen.Single().Query.ShouldBe("?server=far&limit=200");
    }

    [Fact]
    public async Task A_name_is_looked_up_and_an_id_is_not()
    {
        const string id = "01890000-0000-7000-8000-000000000001";
        await using var platform = await FakePlatform.Start(r => r.Method == "GET" ? (200, $$"""{"items":[{"id":"{{id}}","slug":"far"}],"next_cursor":null}""") : (204, ""));
        using var run = CliRun.At(platform);

        (await run.Run("deploy", "rm", "far")).ExitCode.ShouldBe(0);
        (await run.Run("deploy", "rm", id)).ExitCode.ShouldBe(0);
        (await run.Run("deploy", "rm", "near")).ExitCode.ShouldBe(1);

        platform.Seen.Where(r => r.Method == "DELETE").Select(r => r.Path).ShouldBe([$"/api/v1/deployments/{id}", $"/api/v1/deployments/{id}"]);
    }

    [Fact]
    public async Task A_policy_set_is_replaced_and_made_when_there_is_none()
    {
        await using var platform = await FakePlatform.Start(r => r.Method == "PUT" ? (404, """{"error":{"code":"policies.not_found","message":"None."}}""") : (201, "{}"));
        using var run = CliRun.At(platform);

        var result = await run.RunWithInput("""{"id":null,"version":3,"grants":[{"id":"r"}]}""", "policies", "set", "readers", "-f", "-");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldBe("Created readers.\n");
        platform.Seen.Select(r => $"{r.Method} {r.Path}").ShouldBe(["PUT /api/v1/policies/readers", "POST /api/v1/policies"]);
        platform.Seen.Last().Body.ShouldBe("""{"name":"readers","grants":[{"id":"r"}]}""");
    }

    [Fact]
    public async Task A_policy_set_may_be_written_as_its_list_of_grants()
    {
        await using var platform = await FakePlatform.Start(_ => (200, "{}"));
        using var run = CliRun.At(platform);

        (await run.RunWithInput("""  [{"id":"r"}]""", "policies", "set", "readers", "-f", "-")).ExitCode.ShouldBe(0);

        platform.Seen.Single().Body.ShouldBe("""{"name":"readers","grants":[{"id":"r"}]}""");
    }

    [Fact]
    public async Task A_secret_comes_from_standard_input_without_its_line_end()
    {
        await using var platform = await FakePlatform.Start(_ => (204, ""));
        using var run = CliRun.At(platform);

        var result = await run.RunWithInput("s3cret value\r\n", "secrets", "set", "github");

        result.ExitCode.ShouldBe(0, result.Error);
        ((string?)JsonNode.Parse(platform.Seen.Single().Body)!["value"]).ShouldBe("s3cret value");
        (result.Out + result.Error).ShouldNotContain("s3cret");
    }

    [Theory]
    [InlineData("running", 0)]
    [InlineData("failed", 1)]
    public async Task Deploying_with_wait_ends_as_the_deployment_does(string end, int expected)
    {
        var asked = 0;
        await using var platform = await FakePlatform.Start(r => r.Method == "POST" ? (202, """{"id":"d1","state":"pending"}""")
            : Interlocked.Increment(ref asked) < 2 ? (200, """{"id":"d1","state":"starting"}""") : (200, $$"""{"id":"d1","state":"{{end}}"}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("deploy", "create", "com.acme/petstore@1.0.0", "--wait", "--json");

        result.ExitCode.ShouldBe(expected, result.Error);
        ((string?)JsonNode.Parse(result.Out)!["state"]).ShouldBe(end);
        result.Error.ShouldBe("starting...\n");
        platform.Seen.First().Body.ShouldBe("""{"pack":"com.acme/petstore","version":"1.0.0","landing_zone":"local"}""");
    }

    [Fact]
    public async Task A_pack_is_created_from_what_its_owner_decided()
    {
        await using var platform = await FakePlatform.Start(_ => (201, """{"name":"petstore","report":{"warnings":[],"skipped":[{"method":"PUT","path":"/x","operation_id":null,"reason":"too odd"}]}}"""));
        using var run = CliRun.At(platform);

        var result = await run.RunWithInput(
            "openapi: 3.1.0", "packs", "create", "com.acme/petstore@1.0.0", "-", "--base-url", "https://a.test", "--base-url", "https://b.test",
            "--operation", "getPet", "--path", "/pets/**", "--bearer", "token=github", "--api-key", "key=acme@query:k");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldBe("skipped: PUT /x too odd\n");
        platform.Seen.Single().Body.ShouldBe(
            """{"namespace":"com.acme","name":"petstore","version":"1.0.0","selection":{"include":[{"operation_ids":["getPet"]},{"path_glob":"/pets/**"}]},"base_url":"https://a.test","fallback_urls":["https://b.test"],"credentials":[{"scheme":"token","type":"bearer","secret_ref":"github"},{"scheme":"key","type":"api_key","secret_ref":"acme","in":"query","name":"k"}],"document":"openapi: 3.1.0"}""");
    }

    [Fact]
    public async Task A_description_at_an_address_is_fetched_by_the_platform()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"tools":[{"name":"get_pet","method":"GET","path":"/pets/{id}"}],"warnings":[],"skipped":[]}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("packs", "analyze", "https://a.test/openapi.json");

        result.Out.ShouldContain("get_pet");
        platform.Seen.Single().Body.ShouldBe("""{"url":"https://a.test/openapi.json"}""");
    }

    [Fact]
    public async Task Waiting_has_an_end()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"id":"d1","state":"starting"}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("deploy", "create", "com.acme/petstore@1.0.0", "--wait", "--timeout", "0");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("Still starting");
    }

    [Fact]
    public async Task Trace_filters_become_the_query()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"items":[],"next_cursor":null}"""));
        using var run = CliRun.At(platform);

        await run.Run("traces", "list", "--server", "far", "--status", "denied", "--from", "2027-01-31T12:00+02:00");

        platform.Seen.Single().Query.ShouldBe("?server=far&status=denied&from=2027-01-31T10%3A00%3A00.0000000%2B00%3A00&limit=200");
    }
}
