using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>HTTP+SSE, WebSocket and <c>mcpp stdio</c>: other ways to the same gateway, with the same rules at the door.</summary>
public abstract class TransportScenarios(SharedPlatform shared)
{
    public static TheoryData<string, string> Transports { get; } = new() { { "sse", "2024-11-05" }, { "ws", "2025-11-25" } };

    [Theory, MemberData(nameof(Transports)), InlineData("stdio", "2025-06-18")]
    public async Task A_session_lists_and_calls_and_its_calls_are_on_record(string transport, string version)
    {
        var steps = await shared.Get();
        await using var wire = await MessageWire.Open(transport, steps.Platform.Address, null, steps.Platform.AdminKey);
        (await wire.Initialize(version))["protocolVersion"]!.GetValue<string>().ShouldBe(version);
        var marker = $"t{Guid.NewGuid():n}";

        (await ToolNames(wire)).ShouldContain("up__echo");
        var answer = await wire.Ask(2, "tools/call", $$$"""{"name":"up__echo","arguments":{"text":"{{{marker}}}"}}""");

        answer["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe(marker);
        var other = $"t{Guid.NewGuid():n}";
        await wire.Ask(3, "tools/call", $$$"""{"name":"up__echo","arguments":{"text":"{{{other}}}"}}""");
        var (record, next) = (await steps.RecordOf(marker), await steps.RecordOf(other));
        record["status"]!.GetValue<string>().ShouldBe("ok");
        (record["trace_id"]!.GetValue<string>().Length, record["trace_id"]!.GetValue<string>() == next["trace_id"]!.GetValue<string>()).ShouldBe((32, false), "every call has a trace");
        record["request_id"]!.GetValue<string>().ShouldNotBe(next["request_id"]!.GetValue<string>());
    }

    /// <summary>Of all pages: other scenarios have servers on the same platform.</summary>
    private static async Task<List<string>> ToolNames(MessageWire wire)
    {
        var (names, id) = (new List<string>(), 1000);
        JsonNode? cursor = null;
        do
        {
            var page = (await wire.Ask(id++, "tools/list", cursor is null ? "{}" : $$"""{"cursor":{{cursor.ToJsonString()}}}"""))["result"]!;
            names.AddRange(page["tools"]!.AsArray().Select(tool => tool!["name"]!.GetValue<string>()));
            cursor = page["nextCursor"];
        }
        while (cursor is not null);
        return names;
    }

    [Theory, MemberData(nameof(Transports)), InlineData("stdio", "2025-06-18")]
    public async Task A_servers_progress_and_questions_come_down_and_the_answer_goes_up(string transport, string version)
    {
        var steps = await shared.Get();
        await using var fixture = await ConformanceFixture.Start();
        await steps.RegisterHttp($"asks-{transport}", fixture.Address);
        await using var wire = await MessageWire.Open(transport, steps.Platform.Address, $"asks-{transport}", steps.Platform.AdminKey);
        await wire.Initialize(version);

        await wire.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_tool_with_progress","arguments":{},"_meta":{"progressToken":"p"}}}""");
        foreach (var progress in (int[])[0, 50, 100])
        {
            var notification = await wire.Next(message => message["method"]?.GetValue<string>() == "notifications/progress");
            notification!["params"]!["progress"]!.GetValue<int>().ShouldBe(progress);
        }

        (await wire.Answer(1))["result"].ShouldNotBeNull();
        await wire.Send("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"test_elicitation","arguments":{"message":"who?"}}}""");
        var question = await wire.Next(message => message["method"]?.GetValue<string>() == "elicitation/create");
        await wire.Send($$$$"""{"jsonrpc":"2.0","id":{{{{question!["id"]!.ToJsonString()}}}},"result":{"action":"accept","content":{"username":"ada"}}}""");
        (await wire.Answer(2))["result"]!.ToJsonString().ShouldContain("action=accept");
    }

    [Theory, MemberData(nameof(Transports)), InlineData("stdio", "2025-11-25")]
    public async Task A_cancelled_call_ends_at_its_server_and_the_session_goes_on(string transport, string version)
    {
        var steps = await shared.Get();
        await using var upstream = await ScriptedUpstream.Start();
        await steps.RegisterHttp($"hangs-{transport}", upstream.Address);
        upstream.Hangs("headers");
        await using var wire = await MessageWire.Open(transport, steps.Platform.Address, null, steps.Platform.AdminKey);
        await wire.Initialize(version);
        await wire.Send($$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hangs-{{{{transport}}}}__unsafe","arguments":{}}}""");
        await upstream.Hanging.Task.WaitAsync(TimeSpan.FromSeconds(10));

        (await wire.Ask(2, "ping"))["result"].ShouldNotBeNull();
        await wire.Send("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""");

        await upstream.GivenUp.Task.WaitAsync(TimeSpan.FromSeconds(10));
        (await wire.Ask(3, "ping"))["result"].ShouldNotBeNull();
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_door_is_the_same(string transport, string version)
    {
        _ = version;
        var steps = await shared.Get();
        var address = MessageWire.Address(transport, steps.Platform.Address, null);

        (await Knock(address, null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Knock(address, "garbage")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Knock(address, steps.Platform.AdminKey, ("Origin", "https://evil.example"))).ShouldBe(HttpStatusCode.Forbidden);
        (await Knock(address, steps.Platform.AdminKey, ("Host", "evil.example"))).ShouldBe(HttpStatusCode.Forbidden);
        (await Knock(MessageWire.Address(transport, steps.Platform.Address, "nothing-here"), steps.Platform.AdminKey)).ShouldBe(HttpStatusCode.NotFound);
        (await Knock(address, steps.Platform.AdminKey)).ShouldBe(transport == "ws" ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task It_ends_with_its_key_used_or_not(string transport, string version)
    {
        var steps = await shared.Get();
        var key = await steps.KeyFor($"{transport}-{Guid.NewGuid():n}"[..20], "admin");
        await using var used = await MessageWire.Open(transport, steps.Platform.Gateways[0], null, key.Text);
        await used.Initialize(version);
        (await used.Ask(1, "tools/list"))["result"].ShouldNotBeNull();
        await using var unused = await MessageWire.Open(transport, steps.Platform.Gateways[^1], null, key.Text);

        (await steps.Admin.Delete($"/api/v1/keys/{key.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);

        (await used.Next(static _ => false)).ShouldBeNull();
        (await unused.Next(static _ => false)).ShouldBeNull();
    }

    [Fact]
    public async Task Messages_of_an_event_stream_reach_it_by_way_of_the_other_gateway()
    {
        var steps = await shared.Get();
        await using var fixture = await ConformanceFixture.Start();
        await steps.RegisterHttp("asks-across", fixture.Address);
        foreach (var server in (string?[])[null, "asks-across"])
        {
            await using var wire = await MessageWire.Open("sse", steps.Platform.Gateways[0], server, steps.Platform.AdminKey, posts: steps.Platform.Gateways[^1]);
            await wire.Initialize("2024-11-05");
            var tool = server is null ? "asks-across__test_elicitation" : "test_elicitation";

            await wire.Send($$$$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"{{{{tool}}}}","arguments":{"message":"who?"}}}""");
            var question = await wire.Next(message => message["method"]?.GetValue<string>() == "elicitation/create");
            await wire.Send($$$"""{"jsonrpc":"2.0","id":{{{question!["id"]!.ToJsonString()}}},"result":{"action":"decline"}}""");

            (await wire.Answer(2))["result"]!.ToJsonString().ShouldContain("action=decline");
        }
    }

    [Fact]
    public async Task Nobody_else_speaks_on_an_event_stream()
    {
        var steps = await shared.Get();
        await using var wire = (SseWire)await MessageWire.Open("sse", steps.Platform.Address, null, steps.Platform.AdminKey);
        var other = await steps.KeyFor($"other-{Guid.NewGuid():n}"[..20], "admin");
        using var http = new HttpClient { DefaultRequestHeaders = { { "Authorization", $"Bearer {other.Text}" } } };

        using var answer = await http.PostAsync(wire.Messages, new StringContent("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Modern_requests_run_on_a_socket_beside_a_subscription()
    {
        const string Meta = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";
        var steps = await shared.Get();
        await using var wire = await MessageWire.Open("ws", steps.Platform.Address, null, steps.Platform.AdminKey);

        await wire.Send($$$"""{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},{{{Meta}}}}}""");
        (await wire.Next(message => message["method"]?.GetValue<string>() == "notifications/subscriptions/acknowledged"))!.ToJsonString().ShouldContain("toolsListChanged");
        var answer = await wire.Ask(2, "tools/call", $$$"""{"name":"up__echo","arguments":{"text":"modern"},{{{Meta}}}}""");
        answer["result"]!["resultType"]!.GetValue<string>().ShouldBe("complete");

        await using var upstream = await ScriptedUpstream.Start();
        await steps.RegisterHttp("socket-news", upstream.Address);
        (await wire.Next(message => message["method"]?.GetValue<string>() == "notifications/tools/list_changed")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Every_message_on_a_socket_counts()
    {
        var steps = await shared.Get();
        var key = (await steps.Admin.Post("/api/v1/keys", new { name = $"few-{Guid.NewGuid():n}"[..20], roles = new[] { "admin" }, rate = 2, burst = 12 })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        await steps.OnEveryGateway(async gateway => (await new ModernCaller(new Uri(gateway, "/mcp"), key).Request("tools/list")).Status == HttpStatusCode.OK, Steps.Propagation);
        await using var wire = await MessageWire.Open("ws", steps.Platform.Address, null, key);
        await wire.Initialize("2025-11-25");
        var refused = default(JsonNode);
        for (var i = 1; i <= 40 && refused is null; i++)
        {
            refused = (await wire.Ask(i, "ping"))["error"];
        }

        (refused!["code"]!.GetValue<int>(), refused["data"]!["code"]!.GetValue<string>()).ShouldBe((-31003, "rate_limited"));
    }

    [Fact]
    public async Task Frames_that_are_no_message_are_answered_or_end_the_connection()
    {
        var steps = await shared.Get();
        await using var broken = (SocketWire)await MessageWire.Open("ws", steps.Platform.Address, null, steps.Platform.AdminKey);
        await broken.Send("{");
        (await broken.Next(static _ => true))!["error"]!["code"]!.GetValue<int>().ShouldBe(-32700);
        await broken.Socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
        (await broken.Next(static _ => true)).ShouldBeNull();
        broken.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.InvalidMessageType);

        await using var large = (SocketWire)await MessageWire.Open("ws", steps.Platform.Address, null, steps.Platform.AdminKey);
        await large.Send($"\"{new string('x', 11 * 1024 * 1024)}\"");
        (await large.Next(static _ => true)).ShouldBeNull();
        large.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_frame_against_the_rules_of_websockets_ends_the_connection()
    {
        var steps = await shared.Get();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, steps.Platform.Address.Port, TestContext.Current.CancellationToken);
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /mcp/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {steps.Platform.AdminKey}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mcp\r\n\r\n"), TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        Encoding.ASCII.GetString(buffer, 0, read).ShouldStartWith("HTTP/1.1 101 ");

        // A reserved operation.
        await stream.WriteAsync(new byte[] { 0x83, 0x81, 1, 2, 3, 4, 0 }, TestContext.Current.CancellationToken);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            while (await stream.ReadAsync(buffer, limit.Token) > 0)
            {
                // Its goodbye.
            }
        }
        catch (IOException)
        {
            // Reset: an end as well.
        }
    }

    [Fact]
    public async Task Modern_requests_on_stdio_mirror_what_their_tool_wants_mirrored_whether_it_was_listed_or_not()
    {
        const string Params = """
            "name":"test_header_params","arguments":{"region":"eu-ä","dry_run":true,"shard":7,"query":"q"},
            "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}
            """;
        var steps = await shared.Get();
        await using var fixture = await ConformanceFixture.Start();
        await steps.RegisterHttp("mirrors", fixture.Address);
        await using var wire = (StdioWire)await MessageWire.Open("stdio", steps.Platform.Address, "mirrors", steps.Platform.AdminKey);

        (await wire.Ask(1, "tools/call", $"{{{Params.ReplaceLineEndings("")}}}"))["result"]!.ToJsonString().ShouldContain("eu-");
        (await wire.Ask(2, "tools/list", $"{{{Params.ReplaceLineEndings("")[Params.ReplaceLineEndings("").IndexOf("\"_meta\"", StringComparison.Ordinal)..]}}}"))["result"]!["tools"]!.AsArray().Count.ShouldBeGreaterThan(10);
        (await wire.Ask(3, "tools/call", $"{{{Params.ReplaceLineEndings("")}}}"))["result"]!.ToJsonString().ShouldContain("eu-");

        (await wire.End()).ShouldBe(0);
    }

    [Fact]
    public async Task A_desktop_clients_session_ends_with_its_process()
    {
        var steps = await shared.Get();
        await using var upstream = await ScriptedUpstream.Start();
        await steps.RegisterHttp("ends", upstream.Address);
        upstream.Hangs("headers");
        await using var wire = (StdioWire)await MessageWire.Open("stdio", steps.Platform.Address, null, steps.Platform.AdminKey);
        await wire.Initialize("2025-11-25");
        await wire.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ends__unsafe","arguments":{}}}""");
        await upstream.Hanging.Task.WaitAsync(TimeSpan.FromSeconds(10));

        (await wire.Terminate()).ShouldBe(130);

        await upstream.GivenUp.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_key_that_is_revoked_is_the_answer_on_stdio()
    {
        var steps = await shared.Get();
        var key = await steps.KeyFor($"stdio-{Guid.NewGuid():n}"[..20], "admin");
        await using var wire = await MessageWire.Open("stdio", steps.Platform.Address, null, key.Text);
        await wire.Initialize("2025-11-25");
        (await steps.Admin.Delete($"/api/v1/keys/{key.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);

        var (answer, id) = (default(JsonNode), 0);
        await Until.True(async () => (answer = await wire.Ask(++id, "tools/list"))["error"] is not null, Steps.Propagation + TimeSpan.FromSeconds(5));

        answer!["error"]!["code"]!.GetValue<int>().ShouldBe(-31001);
    }

    private static async Task<HttpStatusCode> Knock(Uri address, string? key, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var isSocket = address.AbsolutePath.EndsWith("/ws", StringComparison.Ordinal);
        (string, string)[] socket = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Protocol", "mcp")];
        foreach (var (name, value) in (IEnumerable<(string, string)>)[.. isSocket ? socket : [("Accept", "text/event-stream")], .. headers])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }
}
