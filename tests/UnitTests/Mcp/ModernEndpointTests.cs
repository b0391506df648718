using System.Text;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class ModernEndpointTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    [Fact]
    public async Task Discover_tells_versions_capabilities_and_how_long_to_keep_them()
    {
        var (status, body, response) = await host.Send(host.Modern("server/discover"));

        status.ShouldBe(200);
        body.ShouldBe("""
            {"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"capabilities":{"tools":{}},"instructions":"Be nice.","resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"fixture","version":"1.0"}},"ttlMs":5000,"cacheScope":"private"}}
            """);
        response.Headers.Contains("Mcp-Session-Id").ShouldBeFalse();
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task A_call_gets_its_id_and_every_byte_back()
    {
        const string Arguments = "{ \"n\":9007199254740991, \"s\":\"\u2028\\u0000\" }";

        var (status, body, _) = await host.Send(host.Modern("tools/call", $",\"name\":\"echo\",\"arguments\":{Arguments}", "echo", "\"a\\u0041\""));

        status.ShouldBe(200);
        body.ShouldStartWith("{\"jsonrpc\":\"2.0\",\"id\":\"a\\u0041\",\"result\":{\"content\":[],\"structuredContent\":" + Arguments + ",\"resultType\":\"complete\",\"_meta\":");
    }

    [Fact]
    public async Task A_list_gets_what_caches_need()
    {
        var (_, body, _) = await host.Send(host.Modern("tools/list"));

        body.ShouldContain("\"x-unknown\":9007199254740991");
        body.ShouldContain("\"resultType\":\"complete\"");
        body.ShouldContain("\"ttlMs\":5000,\"cacheScope\":\"private\"");
    }

    [Fact]
    public async Task Progress_arrives_complete_in_order_and_before_the_result()
    {
        var (status, body, response) = await host.Send(host.Modern("tools/call", ",\"name\":\"progress\"", "progress"));

        status.ShouldBe(200);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        var messages = Messages(body);
        messages.Count.ShouldBe(201);
        for (var i = 0; i < 200; i++)
        {
            messages[i].ShouldEndWith($$$"""{"progressToken":"tok","progress":{{{i + 1}}}}}""");
        }

        messages[200].ShouldContain("\"result\":");
    }

    [Fact]
    public async Task A_silent_stream_is_kept_alive()
    {
        using var response = await host.Client.SendAsync(host.Modern("tools/call", ",\"name\":\"quiet\"", "quiet"), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var line = "";
        for (var i = 0; i < 20 && !line.StartsWith(':'); i++)
        {
            line = await reader.ReadLineAsync() ?? "";
        }

        line.ShouldBe(": keep-alive");
        host.Server.Release.Release();
        (await reader.ReadToEndAsync()).ShouldContain("\"result\":");
    }

    [Fact]
    public async Task Closing_the_connection_cancels()
    {
        using var gone = new CancellationTokenSource();
        var call = host.Client.SendAsync(host.Modern("tools/call", ",\"name\":\"wait\"", "wait"), gone.Token);
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        await gone.CancelAsync();

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        await Should.ThrowAsync<OperationCanceledException>(call);
    }

    [Theory]
    [InlineData("tools/list", "MCP-Protocol-Version", null)]
    [InlineData("tools/list", "MCP-Protocol-Version", "2025-11-25")]
    [InlineData("tools/list", "Mcp-Method", null)]
    [InlineData("tools/list", "Mcp-Method", "tools/call")]
    [InlineData("tools/list", "Mcp-Method", "Tools/list")]
    [InlineData("tools/call", "Mcp-Name", null)]
    [InlineData("tools/call", "Mcp-Name", "other")]
    [InlineData("tools/call", "Mcp-Name", "=?base64?!?=")]
    public async Task Headers_must_say_what_the_body_says(string method, string header, string? value)
    {
        var (status, body, _) = await host.Send(host.Modern(method, method == "tools/call" ? ",\"name\":\"echo\",\"arguments\":{}" : "", "echo", "7", (header, value)));

        status.ShouldBe(400);
        body.ShouldStartWith("{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32020,");
    }

    [Fact]
    public async Task A_name_may_travel_in_base64()
    {
        var (status, body, _) = await host.Send(host.Modern("tools/call", ",\"name\":\"nämé\"", "=?base64?" + Convert.ToBase64String("nämé"u8) + "?="));

        status.ShouldBe(200);
        body.ShouldContain("\"code\":-32602");
    }

    [Fact]
    public async Task An_unknown_version_learns_the_known_ones()
    {
        var body = """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2030-01-01","io.modelcontextprotocol/clientCapabilities":{}}}}""";

        var (status, answer, _) = await host.Send(host.Post(body, ("MCP-Protocol-Version", "2030-01-01"), ("Mcp-Method", "tools/list")));

        status.ShouldBe(400);
        answer.ShouldContain("""{"code":-32022,"message":"Unsupported protocol version.","data":{"supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"requested":"2030-01-01"}}""");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"_meta":{}}""")]
    [InlineData("""{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}""")]
    [InlineData("""{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[]}}""")]
    [InlineData("""{"_meta":{"io.modelcontextprotocol/protocolVersion":7,"io.modelcontextprotocol/clientCapabilities":{}}}""")]
    public async Task Version_and_capabilities_are_required_in_meta(string parameters)
    {
        var (status, body, _) = await host.Send(host.Post(
            $$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{parameters}}}""", ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")));

        status.ShouldBe(400);
        body.ShouldContain("\"id\":1,\"error\":{\"code\":-32602");
    }

    [Theory]
    [InlineData("{", -32700, "{\"jsonrpc\":\"2.0\",\"error\"")]
    [InlineData("[]", -32600, "{\"jsonrpc\":\"2.0\",\"error\"")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"tools/list"}""", -32600, "{\"jsonrpc\":\"2.0\",\"error\"")]
    [InlineData("""{"jsonrpc":"2.0","id":3,"method":7}""", -32600, "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\"")]
    [InlineData("""{"jsonrpc":"2.0","id":3,"result":{}}""", -32600, "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\"")]
    public async Task What_is_no_request_is_400_with_the_id_when_it_was_readable(string body, int code, string start)
    {
        var (status, answer, _) = await host.Send(host.Post(body, ("MCP-Protocol-Version", "2026-07-28")));

        status.ShouldBe(400);
        answer.ShouldStartWith(start);
        answer.ShouldContain($"\"code\":{code},");
    }

    [Theory]
    [InlineData(-32021, 400)]
    [InlineData(-32601, 404)]
    [InlineData(-32602, 200)]
    [InlineData(-31337, 200)]
    public async Task The_code_of_an_upstreams_error_decides_the_status(int code, int expected)
    {
        var (status, body, _) = await host.Send(host.Modern("tools/call", $",\"name\":\"error\",\"arguments\":{{\"code\": {code} ,\"message\":\"m\"}}", "error"));

        status.ShouldBe(expected);
        body.ShouldBe($"{{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{{\"code\": {code} ,\"message\":\"m\"}}}}");
    }

    [Fact]
    public async Task Notifications_are_taken()
    {
        var (status, body, _) = await host.Send(host.Post("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""", ("MCP-Protocol-Version", "2026-07-28")));

        status.ShouldBe(202);
        body.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1999-01-01", "{}", -32022)]
    [InlineData(null, """{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}""", -32020)]
    [InlineData("2025-11-25", """{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}""", -32020)]
    public async Task Notifications_in_no_revision_are_400(string? version, string parameters, int code)
    {
        var (status, body, _) = await host.Send(host.Post($$"""{"jsonrpc":"2.0","method":"notifications/x","params":{{parameters}}}""", ("MCP-Protocol-Version", version)));

        status.ShouldBe(400);
        body.ShouldStartWith("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":" + code);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    public async Task Only_post_is_served(string method)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), host.Address);
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");

        var (status, _, response) = await host.Send(request);

        status.ShouldBe(405);
        response.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Theory]
    [InlineData("echo", ",\"arguments\":[]", 200, -32602)]
    [InlineData("nobody", "", 200, -32602)]
    [InlineData("fail", "", 500, -32603)]
    [InlineData("forget", "", 500, -32603)]
    public async Task A_call_that_cannot_be_answered_is_an_error_without_details(string tool, string more, int expected, int code)
    {
        var (status, body, _) = await host.Send(host.Modern("tools/call", $",\"name\":\"{tool}\"{more}", tool));

        status.ShouldBe(expected);
        body.ShouldContain($"\"id\":1,\"error\":{{\"code\":{code},");
        body.ShouldNotContain("secret");
    }

    private static List<string> Messages(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..])];
}
