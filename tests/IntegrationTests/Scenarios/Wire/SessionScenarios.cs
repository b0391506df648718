using System.Net;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>The gateway as a server with sessions: how they begin and end, whose they are, and how a stream that broke goes on.</summary>
public abstract class SessionScenarios(SharedPlatform shared, WireBench wire)
{
    [Theory]
    [InlineData("2025-11-25", "2025-11-25")]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2025-03-26", "2025-03-26")]
    [InlineData("2024-11-05", "2024-11-05")]
    [InlineData("1999-01-01", "2025-11-25")]
    [InlineData("2026-07-28", "2025-11-25")]
    public async Task A_handshake_settles_the_revision_and_opens_a_session(string asked, string settled)
    {
        var bench = await wire.Get(shared);
        using var client = new WireClient(bench.Steps.Mcp, bench.Key, WireClient.Legacy);

        await using var opened = await client.Raw($$$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{{asked}}}}","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""");

        (await opened.Answer()).Result["protocolVersion"]!.GetValue<string>().ShouldBe(settled);
        opened.Header("Mcp-Session-Id").ShouldNotBeNull().ShouldAllBe(c => c > 0x20 && c < 0x7f);
    }

    [Fact]
    public async Task A_session_serves_whoever_opened_it_where_it_was_opened_and_until_it_ends()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);
        using var thief = client.With(await Bench.FastKey(bench.Steps, "admin"));
        using var elsewhere = client.At(bench.Steps.McpOf(Bench.ModernSlug));
        (await Status(client)).ShouldBe(HttpStatusCode.OK);

        (await Status(thief)).ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Forbidden);
        (await Status(elsewhere)).ShouldBe(HttpStatusCode.NotFound);
        (await Status(client, ("Mcp-Session-Id", ""))).ShouldBe(HttpStatusCode.BadRequest);
        (await Status(client, ("Mcp-Session-Id", "nothing-like-it"))).ShouldBe(HttpStatusCode.NotFound);
        (await Status(client, ("MCP-Protocol-Version", "1999-01-01"))).ShouldBe(HttpStatusCode.BadRequest);
        (await Status(client, ("MCP-Protocol-Version", ""))).ShouldBe(HttpStatusCode.OK);
        (await thief.End()).ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Forbidden);

        (await client.End()).ShouldBe(HttpStatusCode.NoContent);
        (await Status(client)).ShouldBe(HttpStatusCode.NotFound);
        (await client.End()).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_end_of_a_session_ends_the_servers_session_and_what_runs_in_it()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);
        await using var call = await client.Call("hang", """{"who":"ending"}""", meta: "\"progressToken\":1");
        await call.First("notifications/progress");
        var session = bench.Legacy.Calls("hang").Last(c => c.Argument("who")?.GetString() == "ending").Session!;

        (await client.End()).ShouldBe(HttpStatusCode.NoContent);

        (await call.All()).ShouldBeEmpty();
        await Until.True(() => Task.FromResult(!bench.Legacy.Sessions.Contains(session)), TimeSpan.FromSeconds(10), () => "The server's session was not ended.");
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"7\"")]
    [InlineData("\"\\u00e9 \\\"\"")]
    public async Task A_ping_is_answered_under_its_id(string id)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.ClientOfAll(WireClient.Legacy);

        await using var pong = await client.Raw($$"""{"jsonrpc":"2.0","id":{{id}},"method":"ping"}""");

        (await pong.Answer()).Text.ShouldBe($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{}}""");
    }

    [Fact]
    public async Task A_batch_is_answered_in_the_one_revision_that_has_them()
    {
        var bench = await wire.Get(shared);
        const string batch = """
            [{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}},
             {"jsonrpc":"2.0","id":"1","method":"tools/call","params":{"name":"levels"}},{"jsonrpc":"2.0","id":2,"method":"nope"},7]
            """;
        foreach (var version in (string[])["2025-11-25", "2025-06-18", "2024-11-05"])
        {
            using var refused = await bench.Client(version, Bench.LegacySlug);
            await using var answer = await refused.Raw(batch);
            answer.Status.ShouldBe(HttpStatusCode.BadRequest, version);
            (await answer.Answer()).ErrorCode.ShouldBe(-32600, version);
        }

        using var client = await bench.Client("2025-03-26", Bench.LegacySlug);
        await using var answers = await client.Raw(batch);
        var array = (await answers.Next())!.Json.AsArray();
        array.Count.ShouldBe(4);
        array.Select(a => a!["id"]?.ToJsonString() ?? "null").ShouldBe(["1", "\"1\"", "2", "null"], ignoreOrder: true);
        array.Single(a => a!["id"]?.ToJsonString() == "\"1\"")!["result"]!["content"].ShouldNotBeNull();
        await using var only = await client.Raw("""[{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}]""");
        (only.Status, await only.Next()).ShouldBe((HttpStatusCode.Accepted, null));
    }

    [Fact]
    public async Task Two_requests_under_way_cannot_have_one_id()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.ModernSlug);
        await using var first = await client.Call("hang", """{"who":"twice"}""", "1", "\"progressToken\":1");
        await first.First("notifications/progress");

        await using var same = await client.Call("levels", id: "1");
        await using var text = await client.Call("levels", id: "\"1\"");

        (same.Status, (await same.Answer()).ErrorCode).ShouldBe((HttpStatusCode.BadRequest, -32600));
        (await text.Answer()).Result.ShouldNotBeNull();
    }

    [Fact]
    public async Task There_is_one_standalone_stream_and_it_begins_as_the_revision_says()
    {
        var bench = await wire.Get(shared);
        foreach (var version in (string[])["2025-11-25", "2025-06-18"])
        {
            using var client = await bench.ClientOfAll(version);
            await using var stream = await client.Listen();
            (stream.Status, stream.IsStream, stream.Header("X-Accel-Buffering")).ShouldBe((HttpStatusCode.OK, true, "no"));
            await using var second = await client.Listen();
            second.Status.ShouldBe(HttpStatusCode.Conflict);

            if (version == "2025-11-25")
            {
                await using var primed = await client.Call($"{Bench.ModernSlug}__count", """{"n":1,"tag":"t"}""", meta: "\"progressToken\":1");
                var all = await primed.All();
                (primed.EmptyEvents.Count, primed.Retry is not null, all.Count).ShouldBe((1, true, 2));
                all.Select(m => m.EventId).Append(primed.EmptyEvents.Single()).ShouldBeUnique();
            }
        }
    }

    [Theory]
    [InlineData("2025-11-25", Bench.ModernSlug)]
    [InlineData("2025-11-25", Bench.LegacySlug)]
    [InlineData("2025-06-18", Bench.ModernSlug)]
    [InlineData("2025-06-18", Bench.LegacySlug)]
    public async Task A_broken_stream_is_resumed_exactly_where_it_broke(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);
        var (one, other) = ($"one-{Guid.NewGuid():n}", $"other-{Guid.NewGuid():n}");
        var first = await client.Call("gate", $$"""{"key":"{{one}}"}""", "1", "\"progressToken\":\"a\"");
        var second = await client.Call("gate", $$"""{"key":"{{other}}"}""", "2", "\"progressToken\":\"b\"");
        var (last, _) = ((await first.First("notifications/progress")).EventId!, await second.First("notifications/progress"));
        await first.DisposeAsync();
        await second.DisposeAsync();

        WireTools.Open(other);
        WireTools.Open(one);
        await using var resumed = await client.Listen(last);

        var rest = await resumed.All();
        rest.Select(m => m.Params?["progress"]?.GetValue<int>() ?? 0).ShouldBe([2, 3, 4, 5, 0]);
        rest.SkipLast(1).ShouldAllBe(m => m.Params!["progressToken"]!.GetValue<string>() == "a");
        rest[^1].Id.ShouldBe("1");
        await using var again = await client.Listen(rest[1].EventId);
        (await again.All()).Select(m => m.Text).ShouldBe(rest.Skip(2).Select(m => m.Text));

        await using var unknown = await client.Listen("4711-4711");
        unknown.Status.ShouldBe(HttpStatusCode.BadRequest);
        using var stranger = await bench.Client(version, slug);
        await using var foreign = await stranger.Listen(last);
        (foreign.Status == HttpStatusCode.BadRequest || (await foreign.All()).TrueForAll(m => !m.Text.Contains(one, StringComparison.Ordinal))).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_server_asks_outside_of_requests_comes_down_the_sessions_own_stream()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);
        using var other = await bench.Client(WireClient.Legacy, Bench.LegacySlug);
        await using var stream = await client.Listen();
        await using var otherStream = await other.Listen();
        var session = await SessionOf(bench, client);
        await SessionOf(bench, other);

        var asking = session.Ask(session.Standalone, "\"own\"", "roots/list", "{}", TestContext.Current.CancellationToken);
        var question = await stream.First("roots/list");
        await client.Reply(question.Id, """{"roots":[{"uri":"file:///x","n":0.10}]}""");

        (await asking).ShouldBe("""{"roots":[{"uri":"file:///x","n":0.10}]}""");
        (await otherStream.IsSilentFor(TimeSpan.FromMilliseconds(200))).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_server_takes_back_is_taken_back_from_the_client()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);
        await using var call = await client.Call("takes-back");

        var question = await call.First("elicitation/create");
        var cancelled = await call.First("notifications/cancelled");

        cancelled.Params!["requestId"]!.ToJsonString().ShouldBe(question.Id);
        (await call.Answer()).Result["content"]![0]!["text"]!.GetValue<string>().ShouldBe("never mind");
    }

    [Fact]
    public async Task A_log_outside_of_requests_comes_down_the_sessions_own_stream()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);
        await using var stream = await client.Listen();
        await using var level = await client.Send("logging/setLevel", "\"level\":\"warning\"");
        (await level.Answer()).Result.ShouldNotBeNull();
        var session = await SessionOf(bench, client);

        await session.Standalone.Notify("notifications/message", """{"level":"info","data":1}""");
        await session.Standalone.Notify("notifications/message", """{"level":"error","data":0.10}""");

        (await stream.First("notifications/message")).Params!.ToJsonString().ShouldBe("""{"level":"error","data":0.10}""");
    }

    [Fact]
    public async Task A_change_of_the_clients_roots_reaches_the_servers_that_know_its_session()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);
        var session = await SessionOf(bench, client);

        await client.Notify("notifications/roots/list_changed", "");

        await Until.True(
            () => Task.FromResult(bench.Legacy.Received.Any(c => c.Method == "notifications/roots/list_changed" && c.Session == session)), TimeSpan.FromSeconds(5), () => "It did not reach the server.");
    }

    [Fact]
    public async Task A_server_is_told_who_the_client_is_and_what_it_can_be_asked_in_its_own_era()
    {
        var bench = await wire.Get(shared);
        const string some = """{"sampling":{"tools":{}},"experimental":{"x":{"n":0.10}}}""";
        using var legacy = await bench.Client(WireClient.Legacy, Bench.LegacySlug, some);
        using var bridged = await bench.Client(WireClient.Legacy, Bench.ModernSlug, some);
        var marker = $"\"{Guid.NewGuid():n}\"";

        (await SessionOf(bench, legacy)).Capabilities.ShouldBe(some);
        await using var call = await bridged.Call("raw", $$"""{"marker":{{marker}}}""");
        (await call.Answer()).Result.ShouldNotBeNull();
        var got = bench.Modern.Calls("raw").Single(c => c.Argument("marker")?.GetRawText() == marker);
        (got.Meta("io.modelcontextprotocol/clientCapabilities"), got.Meta("io.modelcontextprotocol/clientInfo")).ShouldBe((some, """{"name":"wire","version":"1"}"""));
    }

    [Fact]
    public async Task A_client_never_sees_the_servers_session_and_the_server_never_the_clients_key_or_session()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);

        var session = await SessionOf(bench, client);

        client.Session.ShouldNotBe(session.Id);
        foreach (var call in bench.Legacy.Received.Concat(bench.Modern.Received))
        {
            call.Headers.Values.ShouldAllBe(value => !value.Contains(bench.Key) && value != client.Session);
        }
    }

    /// <summary>The session at the server that belongs to a client's.</summary>
    internal static async Task<WireSession> SessionOf(Bench bench, WireClient client, string prefix = "")
    {
        var marker = $"\"{Guid.NewGuid():n}\"";
        await using var call = await client.Call($"{prefix}raw", $$"""{"marker":{{marker}}}""");
        (await call.Answer()).Result.ShouldNotBeNull();
        return bench.Legacy.Calls("raw").Single(c => c.Session is not null && c.Argument("marker")?.GetRawText() == marker).Session!;
    }

    private static async Task<HttpStatusCode> Status(WireClient client, params (string Name, string Value)[] headers)
    {
        await using var answer = await client.Send("tools/list", headers: headers);
        return answer.Status;
    }
}
