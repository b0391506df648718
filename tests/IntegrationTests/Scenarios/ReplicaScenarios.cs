using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Sessions live on one gateway and are served by every gateway.</summary>
public abstract class ReplicaScenarios(SharedPlatform shared)
{
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}""";

    private const string Accepted = """{"action":"accept","content":{"username":"ada"}}""";

    private const string Params = """
        "name":"test_elicitation","arguments":{"message":"who?"},
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}
        """;

    [Fact]
    public async Task A_session_is_served_by_the_other_gateway_its_stream_and_its_end_included()
    {
        var (here, there, http, key) = await Two();
        var session = await Open(http, here, key);

        var call = await Send(http, HttpMethod.Post, there, key, session, """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"up__echo","arguments":{"text":"by the other"}}}""");
        call.Status.ShouldBe(HttpStatusCode.OK);
        call.Text.ShouldContain("by the other");
        using var get = Request(HttpMethod.Get, there, key, session, null);
        using var stream = await http.SendAsync(get, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        (stream.StatusCode, stream.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, "text/event-stream"));

        (await Send(http, HttpMethod.Delete, there, key, session, null)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);

        (await Send(http, HttpMethod.Post, here, key, session, """{"jsonrpc":"2.0","id":3,"method":"tools/list"}""")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_servers_question_is_answered_by_way_of_the_other_gateway()
    {
        var (here, there, http, key) = await Two();
        await using var fixture = await ConformanceFixture.Start();
        await (await shared.Get()).RegisterHttp("asking", fixture.Address);
        var (hereAsking, thereAsking) = (new Uri(here, "/mcp/servers/asking"), new Uri(there, "/mcp/servers/asking"));
        var session = await Open(http, hereAsking, key);

        using var call = Request(HttpMethod.Post, hereAsking, key, session, """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"test_elicitation","arguments":{"message":"who?"}}}""");
        using var answer = await http.SendAsync(call, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var question = await Message(events, message => message["method"]?.GetValue<string>() == "elicitation/create");
        var reply = $"{{\"jsonrpc\":\"2.0\",\"id\":{question["id"]!.ToJsonString()},\"result\":{Accepted}}}";
        (await Send(http, HttpMethod.Post, thereAsking, key, session, reply)).Status.ShouldBe(HttpStatusCode.Accepted);

        (await Message(events, message => message["id"]?.ToJsonString() == "7"))["result"]!.ToJsonString().ShouldContain("action=accept");
    }

    [Fact]
    public async Task A_held_call_goes_on_by_way_of_the_other_gateway()
    {
        var (here, there, http, key) = await Two();
        await using var fixture = await ConformanceFixture.Start("--era", "legacy");
        await (await shared.Get()).RegisterHttp("holding", fixture.Address);

        var asked = await Modern(http, new Uri(here, "/mcp/servers/holding"), key, "");
        asked["result"]!["resultType"]!.GetValue<string>().ShouldBe("input_required");
        var question = asked["result"]!["inputRequests"]!.AsObject().Single().Key;
        var state = asked["result"]!["requestState"]!.ToJsonString();

        var answered = await Modern(http, new Uri(there, "/mcp/servers/holding"), key, $"\"requestState\":{state},\"inputResponses\":{{\"{question}\":{Accepted}}},");

        answered["result"]!.ToJsonString().ShouldContain("action=accept");
    }

    [Fact]
    public async Task Nobody_outside_can_pretend_to_be_a_gateway_that_passes_something_on()
    {
        var (here, _, http, key) = await Two();
        using var request = Request(HttpMethod.Post, new Uri(here, "/internal/v1/gateway/sessions/mcp"), key, null, Initialize);
        request.Headers.Add("X-Mcpp-Caller", key);

        (await http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(Uri Here, Uri There, HttpClient Http, string Key)> Two()
    {
        var steps = await shared.Get();
        var gateways = steps.Platform.Gateways;
        return (new Uri(gateways[0], "/mcp"), new Uri(gateways[^1], "/mcp"), new HttpClient { Timeout = TimeSpan.FromSeconds(60) }, steps.Platform.AdminKey);
    }

    private static async Task<string> Open(HttpClient http, Uri endpoint, string key)
    {
        using var request = Request(HttpMethod.Post, endpoint, key, null, Initialize);
        using var opened = await http.SendAsync(request, TestContext.Current.CancellationToken);
        opened.StatusCode.ShouldBe(HttpStatusCode.OK);
        return opened.Headers.GetValues("Mcp-Session-Id").Single();
    }

    private static async Task<(HttpStatusCode Status, string Text)> Send(HttpClient http, HttpMethod method, Uri endpoint, string key, string session, string? body)
    {
        using var request = Request(method, endpoint, key, session, body);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<JsonNode> Modern(HttpClient http, Uri endpoint, string key, string more)
    {
        using var request = Request(HttpMethod.Post, endpoint, key, null, $"{{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":{{{more}{Params}");
        request.Headers.Remove("MCP-Protocol-Version");
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", "test_elicitation");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var data = text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..]).LastOrDefault() ?? text;
        return JsonNode.Parse(data)!;
    }

    private static async Task<JsonNode> Message(StreamReader events, Func<JsonNode, bool> which)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (await events.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal) && JsonNode.Parse(line[6..]) is { } message && which(message))
            {
                return message;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri endpoint, string key, string? session, string? body)
    {
        var request = new HttpRequestMessage(method, endpoint) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", $"Bearer {key}");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
        }

        return request;
    }
}
