using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class LegacyEndpointTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    private const string List = """{"jsonrpc":"2.0","id":5,"method":"tools/list"}""";

    [Theory]
    [InlineData("2025-03-26", "2025-03-26")]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2025-11-25", "2025-11-25")]
    [InlineData("2024-11-05", "2024-11-05")]
    [InlineData("1999-01-01", "2025-11-25")]
    [InlineData("2026-07-28", "2025-11-25")]
    public async Task Initialize_negotiates_and_opens_a_session(string asked, string answered)
    {
        var (status, body, response) = await host.Send(host.Post(
            $$$$"""{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"{{{{asked}}}}","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"""));

        status.ShouldBe(200);
        body.ShouldBe($$$$"""{"jsonrpc":"2.0","id":"i","result":{"protocolVersion":"{{{{answered}}}}","serverInfo":{"name":"fixture","version":"1.0"},"capabilities":{"tools":{}},"instructions":"Be nice."}}""");
        response.Headers.GetValues("Mcp-Session-Id").Single().ShouldAllBe(c => c > ' ' && c <= '~');
    }

    [Fact]
    public async Task Initialize_needs_a_version()
    {
        var (_, body, response) = await host.Send(host.Post("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"""));

        body.ShouldContain("-32602");
        response.Headers.Contains("Mcp-Session-Id").ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_lists_calls_pings_and_ends()
    {
        var session = ("Mcp-Session-Id", await host.OpenSession());
        var version = ("MCP-Protocol-Version", "2025-11-25");

        (await host.Send(host.Post("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", session, version))).Status.ShouldBe(202);
        (await host.Send(host.Post("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", session, version))).Body.ShouldBe("""{"jsonrpc":"2.0","id":1,"result":{}}""");
        (await host.Send(host.Post(List, session, version))).Body.ShouldBe(
            """{"jsonrpc":"2.0","id":5,"result":{"tools":[{"name":"echo","inputSchema":{"type":"object"},"x-unknown":9007199254740991}]}}""");
        (await host.Send(host.Post("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"a":1.0}}}""", session))).Body.ShouldBe(
            """{"jsonrpc":"2.0","id":2,"result":{"content":[],"structuredContent":{"a":1.0}}}""");
        (await host.Send(host.Post("""{"jsonrpc":"2.0","id":3,"method":"no/such"}""", session))).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(200), answer => answer.Body.ShouldContain("-32601"));

        (await Delete(session)).ShouldBe(204);
        (await host.Send(host.Post(List, session, version))).Status.ShouldBe(404);
        (await Delete(session)).ShouldBe(404);
    }

    [Fact]
    public async Task A_session_is_worth_nothing_to_another_subject_or_at_another_endpoint()
    {
        var session = ("Mcp-Session-Id", await host.OpenSession(subject: "alice"));

        (await host.Send(host.Post(List, session, ("X-Subject", "mallory")))).Status.ShouldBe(404);
        var elsewhere = host.Post(List, session);
        elsewhere.RequestUri = new Uri(host.Address, "/other");
        (await host.Send(elsewhere)).Status.ShouldBe(404);
        (await host.Send(host.Post(List, session))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task An_unknown_session_is_404(string value)
    {
        var (status, body, _) = await host.Send(host.Post(List, ("Mcp-Session-Id", value)));

        status.ShouldBe(404);
        body.ShouldContain("\"id\":5,\"error\"");
    }

    [Theory]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task A_version_without_a_session_is_400(string version)
    {
        (await host.Send(host.Post(List, ("MCP-Protocol-Version", version)))).Status.ShouldBe(400);
        (await host.Send(host.Post("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", ("MCP-Protocol-Version", version)))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Without_version_and_session_a_request_is_served_stateless()
    {
        (await host.Send(host.Post(List))).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(200), answer => answer.Body.ShouldStartWith("""{"jsonrpc":"2.0","id":5,"result":{"tools":"""));
        (await host.Send(host.Post("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{}}}"""))).Status.ShouldBe(200);
        (await host.Send(host.Post("""{"jsonrpc":"2.0","method":"notifications/initialized"}"""))).Status.ShouldBe(202);
    }

    [Fact]
    public async Task An_invalid_version_is_400_with_or_without_a_session()
    {
        var session = ("Mcp-Session-Id", await host.OpenSession());

        (await host.Send(host.Post(List, session, ("MCP-Protocol-Version", "1999-01-01")))).Status.ShouldBe(400);
        (await host.Send(host.Post(List, ("MCP-Protocol-Version", "nonsense")))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Batches_work_in_the_one_revision_that_has_them()
    {
        const string Batch = """[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"},{"jsonrpc":"2.0","id":"2","method":"no/such"},7]""";

        var (status, body, _) = await host.Send(host.Post(Batch, ("Mcp-Session-Id", await host.OpenSession("2025-03-26"))));

        status.ShouldBe(200);
        body.ShouldStartWith("""[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":"2","error":{"code":-32601,""");
        body.ShouldEndWith("""{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"A message is a JSON object."}}]""");
        (await host.Send(host.Post(Batch))).Status.ShouldBe(200);
        (await host.Send(host.Post("""[{"jsonrpc":"2.0","method":"notifications/x"}]"""))).Status.ShouldBe(202);
        (await host.Send(host.Post(Batch, ("Mcp-Session-Id", await host.OpenSession("2025-06-18"))))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_cancelled_notification_cancels_and_a_lost_connection_does_not()
    {
        var session = ("Mcp-Session-Id", await host.OpenSession());
        using var gone = new CancellationTokenSource();
        var call = host.Client.SendAsync(host.Post("""{"jsonrpc":"2.0","id":"w","method":"tools/call","params":{"name":"wait"}}""", session), gone.Token);
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromMilliseconds(300))).ShouldBeFalse();

        (await host.Send(host.Post("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"w"}}""", session))).Status.ShouldBe(202);

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_can_cancel_the_request_of_another_session()
    {
        var (mine, other) = (("Mcp-Session-Id", await host.OpenSession()), ("Mcp-Session-Id", await host.OpenSession()));
        const string Cancel = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""";
        var call = host.Send(host.Post("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait"}}""", mine));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        await host.Send(host.Post(Cancel, other));
        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromMilliseconds(300))).ShouldBeFalse();
        (await host.Send(host.Post("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", mine))).Status.ShouldBe(400);
        await host.Send(host.Post(Cancel, mine));

        (await call).ShouldSatisfyAllConditions(answer => answer.Status.ShouldBe(202), answer => answer.Body.ShouldBeEmpty());
        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
    }

    [Fact]
    public async Task Errors_without_a_readable_id_say_null()
    {
        var (status, body, _) = await host.Send(host.Post("{"));

        status.ShouldBe(400);
        body.ShouldStartWith("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700,""");
    }

    [Fact]
    public async Task Delete_needs_a_session() => (await Delete(("X-None", "1"))).ShouldBe(400);

    private async Task<int> Delete((string Name, string Value) header)
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, host.Address);
        request.Headers.Add(header.Name, header.Value);
        return (await host.Send(request)).Status;
    }
}
