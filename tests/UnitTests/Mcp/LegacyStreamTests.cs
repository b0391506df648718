using System.Net;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>Streams, questions and resumption of the revisions with sessions, on the wire.</summary>
public sealed class LegacyStreamTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    private const string List = """{"jsonrpc":"2.0","id":5,"method":"tools/list"}""";
    private const string Note = """{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""";

    [Theory]
    [InlineData("2025-03-26", false)]
    [InlineData("2025-06-18", false)]
    [InlineData("2025-11-25", true)]
    public async Task A_stream_is_primed_where_the_revision_has_that_and_its_ids_are_unique(string version, bool primed)
    {
        var session = await host.OpenSession(version);
        var ids = new List<string?>();
        for (var call = 0; call < 2; call++)
        {
            using var stream = await Call(session, "progress", id: $"{call}");
            var events = await stream.Rest();

            (events[0].Data.Length == 0).ShouldBe(primed);
            events[0].Retry.ShouldBe(primed ? "1000" : null);
            events = [.. events.Where(e => e.Data.Length > 0)];
            events.Count.ShouldBe(201);
            events.Take(200).Select((e, i) => e.Data.EndsWith($$$"""{"progressToken":"tok","progress":{{{i + 1}}}}}""", StringComparison.Ordinal)).ShouldAllBe(right => right);
            events[200].Data.ShouldContain("\"result\":");
            ids.AddRange(events.Select(e => e.Id));
        }

        ids.ShouldAllBe(id => id != null);
        ids.Distinct().Count().ShouldBe(402);
    }

    [Fact]
    public async Task A_question_goes_down_the_stream_of_the_request_and_its_answer_comes_by_post()
    {
        var session = await host.OpenSession("2025-06-18");
        using var stream = await Call(session, "ask", id: "7");
        var question = (await stream.Next())!;
        question.Data.ShouldBe("""{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"Sure?"}}""");

        (await Send(session, """{"jsonrpc":"2.0","id":1,"result":{"n":9007199254740991}}""")).ShouldBe(202);

        (await stream.Next())!.Data.ShouldBe("""{"jsonrpc":"2.0","id":7,"result":{"answer":{"n":9007199254740991}}}""");
        (await stream.Next()).ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_counts_once_and_in_its_own_session_only()
    {
        var (mine, other) = (await host.OpenSession(), await host.OpenSession());
        using var stream = await Call(mine, "ask", id: "7");
        (await stream.Next())!.Data.ShouldBeEmpty();
        (await stream.Next())!.Data.ShouldContain("\"id\":1,");

        (await Send(other, """{"jsonrpc":"2.0","id":1,"result":{"who":"other"}}""")).ShouldBe(202);
        (await Send(mine, """{"jsonrpc":"2.0","id":2,"result":{"who":"nobody asked"}}""")).ShouldBe(202);
        (await Send(mine, """{"jsonrpc":"2.0","id":"1","result":{"who":"another id"}}""")).ShouldBe(202);
        (await Send(mine, """{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}""")).ShouldBe(202);
        (await Send(mine, """{"jsonrpc":"2.0","id":1,"result":{"who":"too late"}}""")).ShouldBe(202);

        (await stream.Next())!.Data.ShouldBe("""{"jsonrpc":"2.0","id":7,"error":{"code":-1,"message":"no"}}""");
    }

    [Fact]
    public async Task Cancelling_a_request_takes_its_question_back()
    {
        var session = await host.OpenSession("2025-06-18");
        using var stream = await Call(session, "ask", id: "\"q\"");
        (await stream.Next())!.Data.ShouldContain("elicitation/create");

        await Send(session, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"q"}}""");

        (await stream.Next())!.Data.ShouldStartWith("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,""");
        (await stream.Next()).ShouldBeNull();
    }

    [Fact]
    public async Task Without_a_live_session_and_in_a_batch_nobody_can_be_asked()
    {
        (await host.Send(host.Post(McpTestHost.Call("ask")))).Body.ShouldContain("-32603");
        var session = await host.OpenSession("2025-03-26");
        (await host.Send(host.Post($"[{McpTestHost.Call("ask")}]", ("Mcp-Session-Id", session)))).Body.ShouldContain("-32603");
    }

    [Fact]
    public async Task A_lost_stream_is_resumed_exactly_where_it_broke()
    {
        var session = await host.OpenSession();
        string? last = null;
        using (var stream = await Call(session, "progress"))
        {
            for (var i = 0; i < 42; i++)
            {
                last = (await stream.Next())!.Id;
            }
        }

        using var resumed = await EventStreamClient.Open(host, host.Listen(session, last));
        var rest = await resumed.Rest();

        rest.Count.ShouldBe(160);
        rest[0].Data.ShouldEndWith("\"progress\":42}}");
        rest[^1].Data.ShouldStartWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":");
    }

    [Fact]
    public async Task A_request_goes_on_without_its_connection_and_its_answer_is_kept()
    {
        var session = await host.OpenSession();
        string? last;
        using (var stream = await Call(session, "quiet"))
        {
            await stream.Next();
            last = (await stream.Next())!.Id;
        }

        using var resumed = await EventStreamClient.Open(host, host.Listen(session, last));
        host.Server.Release.Release();

        (await resumed.Rest()).Single().Data.ShouldContain("\"id\":1,\"result\":");
    }

    [Fact]
    public async Task Only_the_owner_resumes_and_only_what_is_known()
    {
        var (mine, other) = (await host.OpenSession(), await host.OpenSession());
        string? last;
        using (var stream = await Call(mine, "progress"))
        {
            last = (await stream.Next())!.Id!;
            await stream.Rest();
        }

        (await Status(host.Listen(other, last))).ShouldBe(400);
        (await Status(host.Listen(mine, last, subject: "mallory"))).ShouldBe(404);
        foreach (var unknown in new[] { "99-1", "1-99999", "-1", "1-", "x", "1-x", "" })
        {
            (await Status(host.Listen(mine, unknown))).ShouldBe(400, unknown);
        }

        (await Status(host.Listen(mine, last))).ShouldBe(200);
    }

    [Fact]
    public async Task The_standalone_stream_carries_what_belongs_to_no_request()
    {
        var session = await host.OpenSession();
        using var stream = await EventStreamClient.Open(host, host.Listen(session));
        (await stream.Next())!.ShouldBe(new WireEvent("0-0", "1000", null, ""));
        var live = await Live(session);

        live.HasStream.ShouldBeTrue();
        await live.Send("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"""u8.ToArray(), default);
        (await stream.Next())!.ShouldBe(new WireEvent("0-1", null, "message", Note));

        var asking = live.Ask("roots/list", default, default);
        (await stream.Next())!.Data.ShouldBe("""{"jsonrpc":"2.0","id":1,"method":"roots/list"}""");
        await Send(session, """{"jsonrpc":"2.0","id":1,"result":{"roots":[]}}""");
        using var answer = await asking;
        answer.IsError.ShouldBeFalse();
        System.Text.Encoding.UTF8.GetString(answer.Payload.Span).ShouldBe("""{"roots":[]}""");
    }

    [Fact]
    public async Task There_is_one_standalone_stream_and_it_can_be_resumed()
    {
        var session = await host.OpenSession("2025-06-18");
        using var first = await EventStreamClient.Open(host, host.Listen(session));
        (await Status(host.Listen(session))).ShouldBe(409);
        var live = await Live(session);
        await live.Send("""{"n":1}"""u8.ToArray(), default);
        await live.Send("""{"n":2}"""u8.ToArray(), default);
        var seen = (await first.Next())!.Id;

        using var second = await EventStreamClient.Open(host, host.Listen(session, seen));

        (await second.Next())!.Data.ShouldBe("""{"n":2}""");
        (await first.Rest()).Count.ShouldBe(1);
        live.HasStream.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_sent_without_a_stream_waits_for_the_next()
    {
        var session = await host.OpenSession("2025-06-18");
        var live = await Live(session);
        live.HasStream.ShouldBeFalse();
        await live.Send("""{"n":1}"""u8.ToArray(), default);

        using var stream = await EventStreamClient.Open(host, host.Listen(session));

        (await stream.Next())!.Data.ShouldBe("""{"n":1}""");
    }

    [Fact]
    public async Task A_request_may_leave_its_response_and_answer_on_the_resumed_stream()
    {
        var session = await host.OpenSession();
        using var stream = await Call(session, "poll", id: "9", arguments: "{\"text\":\"\u2028é\"}");
        var left = await stream.Rest();
        left.Select(e => (e.Retry, e.Data.Length > 0)).ShouldBe([("1000", false), (null, true), ("70", false)]);

        // The connection serves others meanwhile, and nothing of the request that goes on gets in their way.
        for (var i = 0; i < 20; i++)
        {
            var (_, body, other) = await host.Send(host.Post(McpTestHost.Call("echo", $"{100 + i}", "{\"padding\":\"yyyyyyyyyyyyyyyyyyyyyy\"}"), ("Mcp-Session-Id", session), ("X-Subject", "alice")));
            body.ShouldContain("yyyy");
            other.Headers.Contains("X-Late").ShouldBeFalse();
        }

        using var resumed = await EventStreamClient.Open(host, host.Listen(session, left[^1].Id));
        host.Server.Release.Release();
        var rest = await resumed.Rest();

        rest.Select(e => e.Data).ShouldBe(
            ["""{"jsonrpc":"2.0","method":"notifications/message","params":2}""", "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{\"late\":{\"text\":\"\u2028é\"}}}"]);
        resumed.Response.Headers.Contains("X-Late").ShouldBeFalse();
    }

    [Fact]
    public async Task Before_2025_11_25_a_response_is_not_left()
    {
        var session = await host.OpenSession("2025-06-18");
        using var stream = await Call(session, "poll");
        (await stream.Next())!.Data.ShouldEndWith("\"params\":1}");
        host.Server.Release.Release();

        (await stream.Rest()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Ending_a_session_ends_all_of_it()
    {
        var session = await host.OpenSession();
        using var standalone = await EventStreamClient.Open(host, host.Listen(session));
        await standalone.Next();
        var live = await Live(session);
        var disposed = host.Server.Disposed;
        var call = host.Send(host.Post(McpTestHost.Call("wait"), ("Mcp-Session-Id", session)));
        (await host.Server.Waiting.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        var asking = live.Ask("roots/list", default, default);
        (await standalone.Next())!.Data.ShouldContain("roots/list");

        var delete = new HttpRequestMessage(HttpMethod.Delete, host.Address);
        delete.Headers.Add("Mcp-Session-Id", session);
        (await Status(delete)).ShouldBe(204);

        (await host.Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        (await standalone.Rest()).ShouldBeEmpty();
        await Should.ThrowAsync<McpPlatform.Mcp.AspNetCore.SessionEndedException>(async () => await asking);
        live.Ended.IsCancellationRequested.ShouldBeTrue();
        await call;
        await Eventually(() => host.Server.Disposed > disposed);
        (await Status(host.Listen(session))).ShouldBe(404);
        (await Send(session, List)).ShouldBe(404);
    }

    [Fact]
    public async Task A_get_needs_a_session_and_must_take_a_stream()
    {
        var session = await host.OpenSession();
        var json = host.Listen(session);
        json.Headers.Remove("Accept");
        json.Headers.Add("Accept", "application/json");
        (await Status(json)).ShouldBe(406);
        var none = host.Listen(session);
        none.Headers.Remove("Mcp-Session-Id");
        (await Status(none)).ShouldBe(400);
        var odd = host.Listen(session);
        odd.Headers.Add("MCP-Protocol-Version", "1999-01-01");
        (await Status(odd)).ShouldBe(400);
        var modern = host.Listen(session);
        modern.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        (await Status(modern)).ShouldBe(405);
        (await Status(host.Listen("garbage"))).ShouldBe(404);
    }

    [Fact]
    public async Task Fifty_clients_with_the_same_ids_do_not_mix()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async n =>
        {
            var session = await host.OpenSession();
            var bodies = new List<string>();
            for (var i = 0; i < 5; i++)
            {
                bodies.Add((await host.Send(host.Post(McpTestHost.Call("echo", "1", $"{{\"client\":{n}}}"), ("Mcp-Session-Id", session)))).Body);
            }

            return (n, bodies);
        }));

        foreach (var (n, bodies) in answers)
        {
            bodies.ShouldAllBe(body => body == $"{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{{\"content\":[],\"structuredContent\":{{\"client\":{n}}}}}}}");
        }
    }

    [Fact]
    public async Task The_server_attaches_its_state_once_and_not_before_it_is_needed()
    {
        var session = await host.OpenSession(subject: "once");
        var before = Opened();
        await Post("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await Post("""{"jsonrpc":"2.0","id":1,"method":"ping"}""");
        Opened().ShouldBe(before);
        await Task.WhenAll(Enumerable.Range(1, 10).Select(i => Post(McpTestHost.Call("echo", $"{i}"))));

        Opened().ShouldBe(before + 1);
        var live = host.Server.Sessions.Last(s => s.Info.Caller.Subject == "once");
        System.Text.Encoding.UTF8.GetString(live.Capabilities.Span).ShouldBe("{\"roots\":{}}");
        System.Text.Encoding.UTF8.GetString(live.ClientInfo.Span).ShouldBe("{\"name\":\"t\",\"version\":\"1\"}");
        live.State.ShouldNotBeNull();

        int Opened() => host.Server.Sessions.Count(s => s.Info.Caller.Subject == "once");

        Task Post(string body) => host.Send(host.Post(body, ("Mcp-Session-Id", session), ("X-Subject", "once")));
    }

    [Fact]
    public async Task Notifications_reach_the_server_and_their_failures_nobody()
    {
        var session = await host.OpenSession();

        (await Send(session, """{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}""")).ShouldBe(202);
        (await Send(session, """{"jsonrpc":"2.0","method":"notifications/bad"}""")).ShouldBe(202);
        (await Send(session, """{"jsonrpc":"2.0","method":"notifications/initialized"}""")).ShouldBe(202);

        host.Server.Notifications.ShouldContain("notifications/roots/list_changed");
        host.Server.Notifications.ShouldNotContain("notifications/initialized");
    }

    [Theory]
    [InlineData("resources/read", 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"contents\":[]}}")]
    [InlineData("resources/subscribe", 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"contents\":[]}}")]
    [InlineData("server/discover", 200, "-32601")]
    [InlineData("subscriptions/listen", 200, "-32601")]
    [InlineData("no/such", 200, "-32601")]
    public async Task Other_requests_reach_the_server_where_the_revision_has_them(string method, int status, string expected)
    {
        var session = await host.OpenSession();

        var answer = await host.Send(host.Post($$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{}}""", ("Mcp-Session-Id", session)));

        answer.Status.ShouldBe(status);
        answer.Body.ShouldContain(expected);
    }

    private async Task<EventStreamClient> Call(string session, string tool, string id = "1", string arguments = "{}") =>
        await EventStreamClient.Open(host, host.Post(McpTestHost.Call(tool, id, arguments), ("Mcp-Session-Id", session)));

    private async Task<int> Send(string session, string body) => (await host.Send(host.Post(body, ("Mcp-Session-Id", session)))).Status;

    private async Task<int> Status(HttpRequestMessage request)
    {
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }

    private async Task<McpPlatform.Mcp.AspNetCore.ClientSession> Live(string session)
    {
        var known = host.Server.Sessions.ToHashSet();
        await Send(session, List);
        return host.Server.Sessions.SingleOrDefault(s => !known.Contains(s)) ?? host.Server.Sessions.Last();
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(20);
        }

        condition().ShouldBeTrue();
    }
}
