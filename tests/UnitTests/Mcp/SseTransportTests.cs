using System.Text;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>HTTP+SSE of 2024-11-05, on the wire.</summary>
public sealed class SseTransportTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    [Fact]
    public async Task A_session_is_opened_by_get_and_served_by_post()
    {
        using var stream = await Open();
        var address = await Endpoint(stream);
        address.AbsolutePath.ShouldBe("/sse");

        (await Post(address, McpTestHost.Initialize("2024-11-05"))).ShouldBe(202);
        (await stream.Next())!.Data.ShouldStartWith("""{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2024-11-05",""");
        (await Post(address, """{"jsonrpc":"2.0","method":"notifications/initialized"}""")).ShouldBe(202);
        (await Post(address, McpTestHost.Call("echo", "\"a\"", "{\"n\":9007199254740991,\"s\":\"\u2028\"}"))).ShouldBe(202);
        (await stream.Next())!.ShouldBe(
            new WireEvent(null, null, "message", "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{\"content\":[],\"structuredContent\":{\"n\":9007199254740991,\"s\":\"\u2028\"}}}"));
    }

    [Fact]
    public async Task Progress_arrives_in_order_and_before_the_result()
    {
        using var stream = await Open();
        var address = await Initialized(stream);

        await Post(address, McpTestHost.Call("progress"));

        for (var i = 1; i <= 200; i++)
        {
            (await stream.Next())!.Data.ShouldEndWith($"\"progress\":{i}}}}}");
        }

        (await stream.Next())!.Data.ShouldContain("\"id\":1,\"result\":");
    }

    [Fact]
    public async Task The_client_is_asked_on_its_stream_and_sent_what_belongs_to_no_request()
    {
        using var stream = await Open();
        var address = await Initialized(stream);
        await Post(address, McpTestHost.Call("ask", "3"));
        (await stream.Next())!.Data.ShouldBe("""{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"Sure?"}}""");
        (await Post(address, """{"jsonrpc":"2.0","id":1,"result":{"ok":true}}""")).ShouldBe(202);
        (await stream.Next())!.Data.ShouldBe("""{"jsonrpc":"2.0","id":3,"result":{"answer":{"ok":true}}}""");

        var live = host.Server.Sessions.Last();
        live.HasStream.ShouldBeTrue();
        await live.Send("""{"n":1}"""u8.ToArray(), default);
        (await stream.Next())!.Data.ShouldBe("""{"n":1}""");
    }

    [Fact]
    public async Task Cancelling_ends_one_request_without_answer()
    {
        using var stream = await Open();
        var address = await Initialized(stream);
        await Post(address, McpTestHost.Call("wait", "8"));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        await Post(address, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":8}}""");

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        await Post(address, """{"jsonrpc":"2.0","id":9,"method":"ping"}""");
        (await stream.Next())!.Data.ShouldBe("""{"jsonrpc":"2.0","id":9,"result":{}}""");
    }

    [Fact]
    public async Task The_session_ends_with_its_stream()
    {
        Uri address;
        using (var stream = await Open())
        {
            address = await Initialized(stream);
            await Post(address, McpTestHost.Call("wait", "8"));
            (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        }

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        var status = 202;
        for (var i = 0; i < 100 && status == 202; i++)
        {
            status = await Post(address, """{"jsonrpc":"2.0","id":9,"method":"ping"}""");
        }

        status.ShouldBe(404);
    }

    [Fact]
    public async Task Before_the_handshake_only_pings_are_answered()
    {
        using var stream = await Open();
        var address = await Endpoint(stream);

        await Post(address, """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        (await stream.Next())!.Data.ShouldContain("\"id\":1,\"error\":{\"code\":-32600,");
        await Post(address, """{"jsonrpc":"2.0","id":2,"method":"ping"}""");
        (await stream.Next())!.Data.ShouldContain("\"id\":2,\"result\":{}");
        await Post(address, McpTestHost.Initialize("2024-11-05"));
        (await stream.Next())!.Data.ShouldContain("\"result\"");
        await Post(address, McpTestHost.Initialize("2024-11-05"));
        (await stream.Next())!.Data.ShouldContain("-32600");
    }

    [Fact]
    public async Task A_message_needs_the_session_of_its_own_caller()
    {
        using var stream = await Open();
        var address = await Endpoint(stream);

        (await Post(new Uri(host.Address, "/sse"), "{}")).ShouldBe(400);
        (await Post(new Uri(host.Address, "/sse?sessionId=garbage"), "{}")).ShouldBe(404);
        (await Post(address, "{}", subject: "mallory")).ShouldBe(404);
        (await Post(new Uri(host.Address, $"/sse?sessionId={await host.OpenSession()}"), "{}")).ShouldBe(404);
        (await Post(address, "{")).ShouldBe(400);
        (await Post(address, "{}", type: "text/plain")).ShouldBe(415);
        (await Post(address, $"{{\"x\":\"{new string('x', 70_000)}\"}}")).ShouldBe(413);
    }

    private async Task<EventStreamClient> Open()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, "/sse"));
        request.Headers.Add("Accept", "text/event-stream");
        return await EventStreamClient.Open(host, request);
    }

    private async Task<Uri> Endpoint(EventStreamClient stream)
    {
        var first = (await stream.Next())!;
        first.Event.ShouldBe("endpoint");
        return new Uri(host.Address, first.Data);
    }

    private async Task<Uri> Initialized(EventStreamClient stream)
    {
        var address = await Endpoint(stream);
        await Post(address, McpTestHost.Initialize("2024-11-05"));
        await stream.Next();
        return address;
    }

    private async Task<int> Post(Uri address, string body, string subject = "alice", string type = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.Add("X-Subject", subject);
        return (await host.Send(request)).Status;
    }
}
