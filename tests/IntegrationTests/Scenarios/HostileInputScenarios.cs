using System.Net;
using System.Text;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Garbage gets a clear refusal in the right format and hurts nobody.</summary>
public abstract class HostileInputScenarios(SharedPlatform shared)
{
    public static TheoryData<string, int> Bodies => new()
    {
        { "", 400 },
        { "not json", 400 },
        { "[]", 400 },
        { "null", 400 },
        { """{"jsonrpc":"2.0"}""", 400 },
        { """{"jsonrpc":"1.0","id":1,"method":"tools/list"}""", 400 },
        { """{"jsonrpc":"2.0","id":null,"method":"tools/list"}""", 400 },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}""", 400 },
        { """{"jsonrpc":"2.0","id":1,"Method":"tools/call","method":"tools/list"}""", 400 },
        { $$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{new string('[', 300)}}{{new string(']', 300)}}}""", 400 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_message_is_a_json_rpc_error(string body, int status)
    {
        var steps = await shared.Get();
        using var caller = new ModernCaller(steps.Mcp, steps.Platform.AdminKey);

        var answer = await caller.PostRaw(body, ("MCP-Protocol-Version", ModernCaller.Version), ("Mcp-Method", "tools/list"));

        ((int)answer.Status).ShouldBe(status, answer.Text);
        answer.ErrorCode.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_on_every_surface()
    {
        var steps = await shared.Get();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Api-Key", steps.Platform.AdminKey);
        var body = new byte[11 * 1024 * 1024];
        Array.Fill(body, (byte)' ');

        foreach (var path in (string[])["/mcp", "/api/v1/servers"])
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(steps.Platform.Address, path)) { Content = content };
            request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
            request.Headers.ExpectContinue = true;
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge, path);
        }
    }

    [Theory]
    [InlineData("{\"slug\":\"a__b\",\"transport\":\"http\",\"url\":\"http://example.com\"}")]
    [InlineData("{\"slug\":\"ok\",\"transport\":\"carrier-pigeon\"}")]
    [InlineData("{\"slug\":\"ok\",\"transport\":\"http\",\"url\":\"file:///etc/passwd\"}")]
    [InlineData("{\"slug\":\"ok\",\"transport\":\"http\",\"url\":\"http://user:pass@example.com\"}")]
    [InlineData("{\"slug\":\"ok\",\"transport\":\"http\",\"url\":\"http://example.com\",\"tenant_id\":\"00000000-0000-7000-8000-000000000009\"}")]
    [InlineData("{\"slug\":\"ok\",\"slug\":\"ok2\",\"transport\":\"http\",\"url\":\"http://example.com\"}")]
    [InlineData("{\"slug\":\"ok\",\"transport\":\"http\",\"url\":\"http://example.com\",\"headers\":{\"X-K\":null}}")]
    [InlineData("{\"slug\":\"ok\",\"transport\":\"stdio\",\"launcher\":\"everything\",\"variables\":{\"A\":null}}")]
    [InlineData("{\"slug\":\"ok\",\"transport\":\"http\",\"url\":\"http://example.com\",\"title\":\"\\u0000\"}")]
    [InlineData("{\"slug\":")]
    [InlineData("")]
    public async Task A_server_that_breaks_a_rule_is_refused_in_the_error_format(string body)
    {
        var steps = await shared.Get();

        var answer = await steps.Admin.Send(HttpMethod.Post, "/api/v1/servers", body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        var error = answer.Json["error"]!;
        error["code"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
        error["request_id"]!.GetValue<string>().ShouldBe(answer.Headers["X-Request-Id"]);
        error["timestamp"]!.GetValue<DateTime>().Kind.ShouldBe(DateTimeKind.Utc);
        answer.Text.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("utf-7")]
    [InlineData("utf-16")]
    [InlineData("no-such-thing")]
    public async Task A_body_in_another_encoding_is_415_on_every_surface(string charset)
    {
        var steps = await shared.Get();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Api-Key", steps.Platform.AdminKey);

        foreach (var path in (string[])["/mcp", "/api/v1/servers", "/api/v1/packs/analyze"])
        {
            using var content = new StringContent("{}");
            content.Headers.Remove("Content-Type");
            content.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={charset}");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(steps.Platform.Address, path)) { Content = content };
            request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType, path);
        }
    }

    [Fact]
    public async Task A_refusal_does_not_grow_with_what_it_refuses()
    {
        var steps = await shared.Get();

        var answer = await steps.Admin.Send(HttpMethod.Post, "/api/v1/servers", $$"""{"{{new string('k', 1_000_000)}}":1}""");

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Text.Length.ShouldBeLessThan(2000);
    }

    [Theory]
    [InlineData("/api/v1/servers?limit=0")]
    [InlineData("/api/v1/servers?limit=100000")]
    [InlineData("/api/v1/servers?cursor=%00%FF")]
    [InlineData("/api/v1/servers?cursor=AA")]
    [InlineData("/api/v1/servers?q=%00")]
    [InlineData("/api/v1/servers?tag=%00")]
    [InlineData("/api/v1/tools?q=%00")]
    [InlineData("/api/v1/tools?server=%00")]
    [InlineData("/api/v1/traces?server=%00")]
    [InlineData("/api/v1/traces?from=yesterday")]
    public async Task A_query_that_makes_no_sense_is_400(string path) => (await (await shared.Get()).Admin.Get(path)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task An_unknown_address_or_method_is_404_or_405_in_the_error_format()
    {
        var steps = await shared.Get();

        var missing = await steps.Admin.Get("/api/v1/nothing-here");
        var wrong = await steps.Admin.Send(HttpMethod.Patch, "/api/v1/keys", "{}");

        (missing.Status, missing.ErrorCode).ShouldBe((HttpStatusCode.NotFound, "not_found"));
        (wrong.Status, wrong.ErrorCode).ShouldBe((HttpStatusCode.MethodNotAllowed, "method_not_allowed"));
    }

    [Fact]
    public async Task Internal_endpoints_do_not_exist_on_the_public_port()
    {
        var steps = await shared.Get();

        foreach (var path in (string[])["/internal/v1/policy/snapshot", "/internal/v1/registry/snapshot"])
        {
            (await steps.Admin.Get(path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    [Fact]
    public async Task A_foreign_origin_is_refused()
    {
        var steps = await shared.Get();
        using var caller = new ModernCaller(steps.Mcp, steps.Platform.AdminKey);

        (await caller.PostRaw("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", ("Origin", "https://evil.example"))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Every_answer_carries_the_protective_headers()
    {
        var steps = await shared.Get();

        foreach (var path in (string[])["/health", "/alive", "/api/v1/servers", "/api/v1/nope"])
        {
            var answer = await steps.Admin.Get(path);
            answer.Headers["X-Content-Type-Options"].ShouldBe("nosniff", path);
            answer.Headers.ShouldNotContainKey("Server", path);
        }
    }
}
