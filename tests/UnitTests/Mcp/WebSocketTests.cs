using System.Net.WebSockets;
using System.Text;
using McpPlatform.Mcp;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>MCP over WebSocket, on the wire.</summary>
public sealed class WebSocketTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    private const string Modern =
        """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"progressToken":"tok"}""";

    [Fact]
    public async Task A_connection_is_a_session()
    {
        using var socket = await Open();
        await Send(socket, """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        (await Next(socket)).ShouldContain("\"id\":1,\"error\":{\"code\":-32600,");
        await Send(socket, McpTestHost.Initialize("2025-06-18"));
        (await Next(socket)).ShouldStartWith("""{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18",""");
        await Send(socket, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await Send(socket, McpTestHost.Call("echo", "2", "{\"n\":9007199254740991,\"s\":\"\u2028\"}"));

        (await Next(socket)).ShouldBe("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"content\":[],\"structuredContent\":{\"n\":9007199254740991,\"s\":\"\u2028\"}}}");
        host.Server.Sessions.Last().HasStream.ShouldBeTrue();
    }

    [Fact]
    public async Task Modern_requests_need_no_session_and_get_modern_answers()
    {
        using var socket = await Open();
        await Send(socket, Request("1", "server/discover"));
        (await Next(socket)).ShouldContain("\"supportedVersions\"");
        await Send(socket, Request("2", "tools/call", ",\"name\":\"echo\",\"arguments\":{}"));
        (await Next(socket)).ShouldContain("\"resultType\":\"complete\"");
        await Send(socket, Request("3", "ping"));
        (await Next(socket)).ShouldContain("\"id\":3,\"error\":{\"code\":-32601");
        await Send(socket, Request("4", "tools/list").Replace("2026-07-28", "2030-01-01", StringComparison.Ordinal));
        (await Next(socket)).ShouldContain("-32022");
        await Send(socket, """{"jsonrpc":"2.0","id":5,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""");
        (await Next(socket)).ShouldContain("\"id\":5,\"error\":{\"code\":-32602");
    }

    [Fact]
    public async Task Progress_arrives_in_order_and_before_the_result()
    {
        using var socket = await Open();
        await Send(socket, Request("1", "tools/call", ",\"name\":\"progress\",\"arguments\":{}"));

        for (var i = 1; i <= 200; i++)
        {
            (await Next(socket)).ShouldEndWith($"\"progress\":{i}}}}}");
        }

        (await Next(socket)).ShouldContain("\"id\":1,\"result\":");
    }

    [Fact]
    public async Task Requests_run_beside_each_other_and_one_can_be_cancelled()
    {
        using var socket = await Open();
        await Send(socket, Request("\"w\"", "tools/call", ",\"name\":\"wait\",\"arguments\":{}"));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        await Send(socket, Request("\"w\"", "tools/call", ",\"name\":\"echo\",\"arguments\":{}"));
        (await Next(socket)).ShouldContain("\"id\":\"w\",\"error\":{\"code\":-32600");
        await Send(socket, Request("2", "tools/call", ",\"name\":\"echo\",\"arguments\":{}"));
        (await Next(socket)).ShouldContain("\"id\":2,\"result\"");

        await Send(socket, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"w"}}""");

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_legacy_client_is_asked_and_told()
    {
        using var socket = await Initialized();
        await Send(socket, McpTestHost.Call("ask", "3"));
        (await Next(socket)).ShouldContain("\"id\":1,\"method\":\"elicitation/create\"");
        await Send(socket, """{"jsonrpc":"2.0","id":1,"result":{"ok":true}}""");
        (await Next(socket)).ShouldBe("""{"jsonrpc":"2.0","id":3,"result":{"answer":{"ok":true}}}""");

        await host.Server.Sessions.Last().Send("""{"n":1}"""u8.ToArray(), default);
        (await Next(socket)).ShouldBe("""{"n":1}""");
    }

    [Fact]
    public async Task Everything_ends_with_the_connection()
    {
        var socket = await Initialized();
        await Send(socket, McpTestHost.Call("wait", "3"));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        var live = host.Server.Sessions.Last();

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(TimeSpan.FromSeconds(10));

        socket.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        live.Ended.IsCancellationRequested.ShouldBeTrue();
        socket.Dispose();
    }

    [Fact]
    public async Task A_connection_that_breaks_ends_its_session_too()
    {
        var socket = await Initialized();
        await Send(socket, McpTestHost.Call("wait", "3"));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        socket.Abort();

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
    }

    [Fact]
    public async Task Unreadable_messages_are_answered_and_unusable_frames_end_the_connection()
    {
        using var socket = await Open();
        await Send(socket, "{");
        (await Next(socket)).ShouldContain("-32700");
        await Send(socket, "[]");
        (await Next(socket)).ShouldContain("-32600");
        await socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, true, default);
        (await Next(socket)).ShouldBe("close InvalidMessageType");

        using var large = await Open();
        await Send(large, $"{{\"x\":\"{new string('x', 70_000)}\"}}");
        (await Next(large)).ShouldBe("close MessageTooBig");
    }

    [Fact]
    public async Task Every_message_is_admitted_on_its_own()
    {
        await using var own = await McpTestHost.Start(options => options);
        var revoked = false;
        own.Admit = (http, _, _) =>
        {
            http.Request.Headers["X-Seen"] = "1";
            return new(revoked ? new McpError(ErrorCodes.AccessDenied, "Revoked.", 401) : null);
        };
        using var socket = await Open(own);
        await Send(socket, Request("1", "tools/list"));
        (await Next(socket)).ShouldContain("\"id\":1,\"result\"");
        revoked = true;

        await Send(socket, Request("2", "tools/list"));

        (await Next(socket)).ShouldBe("""{"jsonrpc":"2.0","id":2,"error":{"code":-31001,"message":"Revoked."}}""");
    }

    [Fact]
    public async Task Only_a_handshake_with_the_subprotocol_is_taken()
    {
        (await host.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, "/ws")))).Status.ShouldBe(400);
        using var plain = new ClientWebSocket();
        await Should.ThrowAsync<WebSocketException>(() => plain.ConnectAsync(Address(host), default));
        plain.HttpStatusCode.ShouldBe((System.Net.HttpStatusCode)0);
        using var foreign = new ClientWebSocket();
        foreign.Options.AddSubProtocol("mcp");
        foreign.Options.SetRequestHeader("Origin", "https://evil.example");
        foreign.Options.CollectHttpResponseDetails = true;
        await Should.ThrowAsync<WebSocketException>(() => foreign.ConnectAsync(Address(host), default));
        ((int)foreign.HttpStatusCode).ShouldBe(403);
    }

    [Fact]
    public async Task Too_many_requests_at_once_are_refused_one_by_one()
    {
        await using var own = await McpTestHost.Start(options => options with { Sessions = new() { MaxRunning = 2 } });
        using var socket = await Open(own);
        await Send(socket, Request("1", "tools/call", ",\"name\":\"wait\",\"arguments\":{}"));
        await Send(socket, Request("2", "tools/call", ",\"name\":\"wait\",\"arguments\":{}"));

        await Send(socket, Request("3", "tools/call", ",\"name\":\"wait\",\"arguments\":{}"));

        (await Next(socket)).ShouldContain("\"id\":3,\"error\":{\"code\":-31003");
    }

    [Fact]
    public async Task Connections_count_as_the_sessions_that_they_are()
    {
        await using var own = await McpTestHost.Start(options => options with { Sessions = new() { MaxPerCaller = 2 } });
        using var socket = await Open(own);
        using var stream = await EventStreamClient.Open(own, new HttpRequestMessage(HttpMethod.Get, new Uri(own.Address, "/sse")));

        using var third = new ClientWebSocket();
        third.Options.AddSubProtocol("mcp");
        third.Options.CollectHttpResponseDetails = true;
        await Should.ThrowAsync<WebSocketException>(() => third.ConnectAsync(Address(own), default));
        ((int)third.HttpStatusCode).ShouldBe(429);
        (await own.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(own.Address, "/sse")))).Status.ShouldBe(429);
    }

    private static Uri Address(McpTestHost host) => new($"ws://127.0.0.1:{host.Address.Port}/ws");

    private static string Request(string id, string method, string members = "") =>
        $$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"method":"{{{{method}}}}","params":{"_meta":{{{{Modern}}}}{{{{members}}}}}}""";

    private async Task<ClientWebSocket> Initialized()
    {
        var socket = await Open();
        await Send(socket, McpTestHost.Initialize("2025-11-25"));
        await Next(socket);
        return socket;
    }

    private async Task<ClientWebSocket> Open(McpTestHost? at = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mcp");
        await socket.ConnectAsync(Address(at ?? host), default);
        socket.SubProtocol.ShouldBe("mcp");
        return socket;
    }

    private static Task Send(ClientWebSocket socket, string message) => socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, default);

    private static async Task<string> Next(ClientWebSocket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, deadline.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return $"close {part.CloseStatus}";
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
            if (part.EndOfMessage)
            {
                return text.ToString();
            }
        }
    }
}
