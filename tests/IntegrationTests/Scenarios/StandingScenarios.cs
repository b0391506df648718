using System.Net;
using System.Text;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What a caller has open ends with its key.</summary>
public abstract class StandingScenarios(SharedPlatform shared)
{
    [Fact]
    public async Task A_stream_that_listens_ends_when_its_key_is_revoked()
    {
        var steps = await shared.Get();
        var key = await steps.KeyFor($"listener-{Guid.NewGuid():n}"[..20], "admin");
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
        using var request = Post(steps.McpOf("up"), key.Text, """
            {"jsonrpc":"2.0","id":"l1","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},
            "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
            """);
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "subscriptions/listen");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        (await stream.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("event: message");
        (await stream.ReadLineAsync(TestContext.Current.CancellationToken))!.ShouldContain("notifications/subscriptions/acknowledged");

        (await steps.Admin.Delete($"/api/v1/keys/{key.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);

        await Ends(stream);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_stream_of_a_session_ends_when_its_key_is_revoked(bool asksBefore)
    {
        var steps = await shared.Get();
        var key = await steps.KeyFor($"session-{Guid.NewGuid():n}"[..20], "admin");
        var endpoint = steps.McpOf("up");
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
        using var initialize = Post(endpoint, key.Text, """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""");
        using var opened = await http.SendAsync(initialize, TestContext.Current.CancellationToken);
        var session = opened.Headers.GetValues("Mcp-Session-Id").Single();
        using var list = Post(endpoint, key.Text, """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");
        list.Headers.Add("Mcp-Session-Id", session);
        if (asksBefore)
        {
            (await http.SendAsync(list, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using var get = new HttpRequestMessage(HttpMethod.Get, endpoint);
        get.Headers.Add("Authorization", $"Bearer {key.Text}");
        get.Headers.Add("Accept", "text/event-stream");
        get.Headers.Add("Mcp-Session-Id", session);
        using var response = await http.SendAsync(get, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        (await steps.Admin.Delete($"/api/v1/keys/{key.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);

        await Ends(stream);
    }

    private static async Task Ends(StreamReader stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Steps.Propagation + TimeSpan.FromSeconds(5));
        while (await stream.ReadLineAsync(limit.Token) is not null)
        {
            // What was sent before.
        }
    }

    private static HttpRequestMessage Post(Uri endpoint, string key, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", $"Bearer {key}");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        return request;
    }
}
