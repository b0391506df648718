using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>MCP 2026-07-28 beyond tools: other requests, subscriptions, mirrored parameters; large and broken bodies in either era.</summary>
public sealed class ModernRequestTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    [Fact]
    public async Task Other_requests_reach_the_server_and_reading_is_not_cached()
    {
        var (status, body, _) = await host.Send(host.Modern("resources/read", ",\"uri\":\"test://a\"", "test://a"));

        status.ShouldBe(200);
        body.ShouldStartWith("""{"jsonrpc":"2.0","id":1,"result":{"contents":[],"resultType":"complete",""");
        body.ShouldContain("\"ttlMs\":0,\"cacheScope\":\"private\"");
        (await host.Send(host.Modern("resources/list"))).Body.ShouldContain("\"ttlMs\":5000,");
    }

    [Theory]
    [InlineData("initialize")]
    [InlineData("ping")]
    [InlineData("logging/setLevel")]
    [InlineData("resources/subscribe")]
    [InlineData("resources/unsubscribe")]
    [InlineData("tasks/list")]
    [InlineData("tasks/result")]
    [InlineData("no/such")]
    public async Task Removed_and_unknown_methods_are_404(string method)
    {
        var (status, body, _) = await host.Send(host.Modern(method));

        status.ShouldBe(404);
        body.ShouldContain("\"id\":1,\"error\":{\"code\":-32601");
    }

    [Theory]
    [InlineData("resources/read", ",\"uri\":\"test://a\"", "test://b")]
    [InlineData("prompts/get", ",\"name\":\"a\"", null)]
    [InlineData("tasks/get", ",\"taskId\":\"7\"", "8")]
    public async Task The_name_of_what_is_asked_for_is_mirrored(string method, string members, string? name)
    {
        var (status, body, _) = await host.Send(host.Modern(method, members, name));

        status.ShouldBe(400);
        body.ShouldContain("-32020");
    }

    [Fact]
    public async Task A_subscription_is_a_stream_at_once_and_closing_it_cancels()
    {
        var stream = await EventStreamClient.Open(host, host.Modern("subscriptions/listen"));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        stream.Response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);

        stream.Dispose();

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_modern_stream_has_no_ids_and_is_not_resumed()
    {
        using var stream = await EventStreamClient.Open(host, host.Modern("tools/call", ",\"name\":\"progress\"", "progress", headers: ("Last-Event-ID", "1-1")));

        var events = await stream.Rest();

        events.Count.ShouldBe(201);
        events.ShouldAllBe(e => e.Id == null && e.Retry == null && e.Data.Length > 0);
    }

    [Theory]
    [InlineData("{\"region\":\"eu\",\"n\":7}", "eu", "7", 200)]
    [InlineData("{\"region\":\"eu\",\"n\":7}", "eu", "7.0", 200)]
    [InlineData("{\"region\":\"é\"}", "=?base64?w6k=?=", null, 200)]
    [InlineData("{\"region\":null}", null, null, 200)]
    [InlineData("{}", null, null, 200)]
    [InlineData("{\"region\":\"eu\"}", "us", null, 400)]
    [InlineData("{\"region\":\"eu\"}", null, null, 400)]
    [InlineData("{\"region\":\"eu\"}", "EU", null, 400)]
    [InlineData("{}", "eu", null, 400)]
    [InlineData("{\"n\":7}", null, "8", 400)]
    public async Task Parameters_that_the_definition_mirrors_must_agree(string arguments, string? region, string? number, int expected)
    {
        var (status, body, _) = await host.Send(host.Modern(
            "tools/call", $",\"name\":\"mirrored\",\"arguments\":{arguments}", "mirrored", headers: [("Mcp-Param-Region", region), ("mcp-param-n", number)]));

        status.ShouldBe(expected);
        body.Contains("-32020", StringComparison.Ordinal).ShouldBe(expected == 400);
    }

    [Fact]
    public async Task A_notification_reaches_the_server()
    {
        var (status, body, _) = await host.Send(host.Post("""{"jsonrpc":"2.0","method":"notifications/custom"}""", ("MCP-Protocol-Version", "2026-07-28")));

        status.ShouldBe(202);
        body.ShouldBeEmpty();
        host.Server.Notifications.ShouldContain("notifications/custom");
    }

    [Fact]
    public async Task Initialize_with_modern_meta_is_gone_and_without_it_a_handshake()
    {
        (await host.Send(host.Modern("initialize", ",\"protocolVersion\":\"2025-11-25\""))).Status.ShouldBe(404);
        (await host.Send(host.Post(McpTestHost.Initialize("2025-11-25")))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task No_modern_client_can_be_asked()
    {
        var (status, body, _) = await host.Send(host.Modern("tools/call", ",\"name\":\"ask\"", "ask"));

        status.ShouldBe(500);
        body.ShouldContain("-32603");
    }

    [Fact]
    public async Task Four_mebibytes_pass_and_more_than_allowed_is_413()
    {
        await using var own = await McpTestHost.Start(options => options with { MaxBodyBytes = (4 << 20) + 4096 });
        var text = new string('x', 4 << 20);
        var session = await own.OpenSession();

        (await own.Send(own.Modern("tools/call", $",\"name\":\"echo\",\"arguments\":{{\"x\":\"{text}\"}}", "echo"))).Body.Length.ShouldBeGreaterThan(text.Length);
        (await own.Send(own.Post(McpTestHost.Call("echo", "1", $"{{\"x\":\"{text}\"}}"), ("Mcp-Session-Id", session)))).Body.Length.ShouldBeGreaterThan(text.Length);
        (await own.Send(own.Post(McpTestHost.Call("echo", "1", $"{{\"x\":\"{text}{new string('y', 8_192)}\"}}"), ("Mcp-Session-Id", session)))).Status.ShouldBe(413);
        var chunked = own.Post(McpTestHost.Call("echo", "1", $"{{\"x\":\"{text}{text}\"}}"));
        chunked.Headers.TransferEncodingChunked = true;
        (await own.Send(chunked)).Status.ShouldBe(413);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"x\"")]
    [InlineData("[[]]")]
    [InlineData("[{}]")]
    [InlineData("{}")]
    [InlineData("{\"jsonrpc\":\"2.0\"}")]
    [InlineData("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"\\ud800\",\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":7}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":7}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":{}}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999999,\"result\":{}}")]
    public async Task What_is_malformed_is_never_our_failure(string body)
    {
        foreach (var version in new[] { "2025-03-26", "2025-11-25" })
        {
            (await host.Send(host.Post(body, ("Mcp-Session-Id", await host.OpenSession(version))))).Status.ShouldBeLessThan(500);
        }

        (await host.Send(host.Post(body))).Status.ShouldBeLessThan(500);
        (await host.Send(host.Post(body, ("MCP-Protocol-Version", "2026-07-28")))).Status.ShouldBeLessThan(500);
        (await host.Send(host.Post(body, ("MCP-Protocol-Version", "2030-01-01")))).Status.ShouldBeLessThan(500);
    }

    [Fact]
    public async Task A_handshake_is_not_kept_in_any_size()
    {
        var (_, body, response) = await host.Send(host.Post(
            $$$$"""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","clientInfo":{"name":"{{{{new string('x', 17_000)}}}}"}}}"""));

        body.ShouldContain("-32602");
        response.Headers.Contains("Mcp-Session-Id").ShouldBeFalse();
    }
}
