using McpPlatform.UnitTests.Mcp;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

/// <summary><c>mcpp stdio</c>: an MCP server on standard input and output, with the gateway's endpoint behind it.</summary>
public sealed class StdioTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    private const string Modern =
        """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"progressToken":"tok"}""";

    [Fact]
    public async Task A_session_is_passed_on_byte_for_byte_and_ends_with_the_input()
    {
        var client = Start();
        await client.Initialize("2025-06-18");
        await client.Send(McpTestHost.Call("echo", "\"a\"", "{\"n\":9007199254740991,\"s\":\"\u2028\"}"));
        (await client.Next()).ShouldBe("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{\"content\":[],\"structuredContent\":{\"n\":9007199254740991,\"s\":\"\u2028\"}}}");
        var session = host.Server.Sessions.Last();

        (await client.End()).ShouldBe(0);

        session.Ended.IsCancellationRequested.ShouldBeTrue();
        (await client.Next()).ShouldBeNull();
        client.Error.ShouldBe($"mcpp stdio: serving {host.Address}{Environment.NewLine}");
    }

    [Fact]
    public async Task Progress_comes_in_order_and_before_the_answer()
    {
        await using var client = Start();
        await client.Initialize();
        await client.Send(McpTestHost.Call("progress"));

        for (var i = 1; i <= 200; i++)
        {
            (await client.Next())!.ShouldEndWith($"\"progress\":{i}}}}}");
        }

        (await client.Next())!.ShouldContain("\"id\":1,\"result\":");
    }

    [Fact]
    public async Task Questions_and_news_of_the_server_come_out_and_answers_go_in()
    {
        await using var client = Start();
        await client.Initialize();
        await client.Send(McpTestHost.Call("ask", "3"));
        (await client.Next()).ShouldBe("""{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"Sure?"}}""");
        await client.Send("""{"jsonrpc":"2.0","id":1,"result":{"ok":true}}""");
        (await client.Next()).ShouldBe("""{"jsonrpc":"2.0","id":3,"result":{"answer":{"ok":true}}}""");

        await host.Server.Sessions.Last().Send("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"""u8.ToArray(), default);
        (await client.Next()).ShouldBe("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Requests_run_beside_each_other_and_one_can_be_cancelled(bool isModern)
    {
        await using var client = Start();
        if (!isModern)
        {
            await client.Initialize();
        }

        await client.Send(isModern ? Request("\"w\"", "tools/call", ",\"name\":\"wait\",\"arguments\":{}") : McpTestHost.Call("wait", "\"w\""));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        await client.Send(isModern ? Request("2", "tools/call", ",\"name\":\"echo\",\"arguments\":{}") : McpTestHost.Call("echo", "2"));
        (await client.Next())!.ShouldContain("\"id\":2,\"result\"");

        await client.Send("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"w"}}""");

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        await client.Send(isModern ? Request("3", "tools/call", ",\"name\":\"echo\",\"arguments\":{}") : McpTestHost.Call("echo", "3"));
        (await client.Next())!.ShouldContain("\"id\":3,\"result\"");
    }

    [Fact]
    public async Task Modern_requests_get_the_headers_that_say_what_their_bodies_say()
    {
        await using var client = Start();

        await client.Send(Request("1", "server/discover"));
        (await client.Next())!.ShouldContain("\"supportedVersions\"");
        await client.Send(Request("2", "tools/call", ",\"name\":\"echo\",\"arguments\":{}"));
        (await client.Next())!.ShouldContain("\"resultType\":\"complete\"");
        await client.Send(Request("3", "resources/read", ",\"uri\":\"file:///ä b\""));
        (await client.Next())!.ShouldContain("\"contents\"");
        await client.Send(Request("4", "ping"));
        (await client.Next())!.ShouldContain("\"id\":4,\"error\":{\"code\":-32601");
        await client.Send(Request("5", "tools/list").Replace("2026-07-28", "2030-01-01", StringComparison.Ordinal));
        (await client.Next())!.ShouldContain("-32022");
    }

    [Fact]
    public async Task A_response_that_is_left_is_followed_to_its_answer()
    {
        await using var client = Start();
        await client.Initialize();
        await client.Send(McpTestHost.Call("poll", "4", "{\"n\":1}"));
        (await client.Next()).ShouldBe("""{"jsonrpc":"2.0","method":"notifications/message","params":1}""");

        host.Server.Release.Release();

        (await client.Next()).ShouldBe("""{"jsonrpc":"2.0","method":"notifications/message","params":2}""");
        (await client.Next()).ShouldBe("""{"jsonrpc":"2.0","id":4,"result":{"late":{"n":1}}}""");
    }

    [Fact]
    public async Task A_session_that_the_gateway_forgot_is_opened_again_and_the_client_does_not_notice()
    {
        await using var client = Start();
        await client.Initialize();
        await client.Send(McpTestHost.Call("echo", "1"));
        (await client.Next())!.ShouldContain("\"id\":1,\"result\"");
        var first = host.Server.Sessions.Last();
        host.Endpoint.EndSessions(session => session == first).ShouldBe(1);

        await client.Send(McpTestHost.Call("echo", "2"));
        await client.Send(McpTestHost.Call("echo", "3"));

        foreach (var answer in new[] { await client.Next(), await client.Next() })
        {
            answer!.ShouldContain("\"result\"");
        }

        client.Error.ShouldContain("a new one is open");
        var second = host.Server.Sessions.Last();
        second.ShouldNotBe(first);
        second.ClientInfo.Span.SequenceEqual("""{"name":"t","version":"1"}"""u8).ShouldBeTrue();
        await second.Send("""{"n":1}"""u8.ToArray(), default);
        (await client.Next()).ShouldBe("""{"n":1}""");
    }

    [Fact]
    public async Task What_is_no_message_is_the_gateways_to_judge()
    {
        await using var client = Start();
        await client.Send("{");
        (await client.Next())!.ShouldContain("-32700");
        await client.Send("   ");
        await client.Send("""[{"jsonrpc":"2.0","id":7,"method":"tools/list"},{"jsonrpc":"2.0","id":8,"method":"ping"}]""");
        var batch = (await client.Next())!;
        (batch.Contains("\"id\":7"), batch.Contains("\"id\":8")).ShouldBe((true, true));
    }

    [Fact]
    public async Task What_the_gateway_writes_on_several_lines_comes_on_one()
    {
        await using var platform = await FakePlatform.Start(_ => (200, "{\n  \"jsonrpc\": \"2.0\",\r\n  \"id\": 1,\n  \"result\": {}\n}\n"));
        await using var client = StdioClient.Start(platform.Url);

        await client.Send("""{"jsonrpc":"2.0","id":1,"method":"ping"}""");

        (await client.Next()).ShouldBe("{   \"jsonrpc\": \"2.0\",    \"id\": 1,   \"result\": {} } ");
    }

    [Fact]
    public async Task A_key_that_is_refused_is_the_answer_to_every_request()
    {
        await using var platform = await FakePlatform.Start(_ => (401, """{"jsonrpc":"2.0","id":null,"error":{"code":-31001,"message":"Send a valid API key."}}"""));
        await using var client = StdioClient.Start(platform.Url, "--server", "a b");

        await client.Send("""{"jsonrpc":"2.0","id":"x","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}""");

        (await client.Next()).ShouldBe("""{"jsonrpc":"2.0","id":"x","error":{"code":-31001,"message":"Send a valid API key."}}""");
        client.Error.ShouldContain("refuses the key");
        platform.Seen.ShouldHaveSingleItem().Path.ShouldBe("/mcp/servers/a%20b");
        platform.Seen.Single().Authorization.ShouldBe("Bearer mcpp_test");
    }

    [Theory, InlineData("<html>", 502), InlineData("", 200), InlineData("{}", 200)]
    public async Task An_answer_that_is_not_the_gateways_is_an_error_for_the_request(string body, int status)
    {
        await using var platform = await FakePlatform.Start(_ => (status, body));
        await using var client = StdioClient.Start(platform.Url);

        await client.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");

        var answer = (await client.Next())!;
        answer.ShouldStartWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-31006,");
        answer.ShouldContain("gateway.unexpected");
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_is_an_error_for_every_request_and_none_for_the_process()
    {
        var platform = await FakePlatform.Start(_ => (200, "{}"));
        await platform.DisposeAsync();
        var client = StdioClient.Start(platform.Url);

        await client.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        await client.Send("""{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");
        string[] answers = [(await client.Next())!, (await client.Next())!];

        foreach (var (answer, i) in answers.Order(StringComparer.Ordinal).Select((answer, i) => (answer, i)))
        {
            answer.ShouldStartWith($"{{\"jsonrpc\":\"2.0\",\"id\":{i + 1},\"error\":{{\"code\":-31006,");
            answer.ShouldContain("gateway.unreachable");
        }

        (await client.End()).ShouldBe(0);
    }

    [Fact]
    public async Task A_stream_that_breaks_without_a_session_is_an_error_for_its_request()
    {
        await using var platform = await FakePlatform.Start(_ => (200, "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\n\n"));
        await using var client = StdioClient.Start(platform.Url);

        await client.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");

        (await client.Next()).ShouldBe("""{"jsonrpc":"2.0","method":"notifications/message"}""");
        (await client.Next())!.ShouldContain("gateway.connection_lost");
    }

    [Fact]
    public async Task It_ends_with_its_client_and_so_does_what_runs()
    {
        var interrupted = Start();
        await interrupted.Initialize();
        await interrupted.Send(McpTestHost.Call("wait", "1"));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        (await interrupted.Interrupt()).ShouldBe(130);

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        var dead = StdioClient.StartDead(new Uri(host.Address, "/").ToString());
        await dead.Send(McpTestHost.Call("echo", "1"));
        (await dead.Exit.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_asked_before_the_input_ended_is_answered()
    {
        var client = Start();
        await client.Send(McpTestHost.Call("echo", "1").TrimEnd('\n'));

        (await client.End()).ShouldBe(0);

        (await client.Next())!.ShouldContain("\"id\":1,\"result\"");
    }

    [Fact]
    public async Task Without_a_key_it_does_not_start()
    {
        using var run = new CliRun().With("MCPP_URL", "http://127.0.0.1:1");

        var result = await run.Run("stdio");

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("No API key");
    }

    private StdioClient Start() => StdioClient.Start(new Uri(host.Address, "/").ToString());

    private static string Request(string id, string method, string members = "") =>
        $$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"method":"{{{{method}}}}","params":{"_meta":{{{{Modern}}}}{{{{members}}}}}}""";
}
