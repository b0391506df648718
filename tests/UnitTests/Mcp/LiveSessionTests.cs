using System.Net;
using System.Net.Sockets;
using System.Text;
using McpPlatform.Mcp.AspNetCore;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>How many sessions there may be, how long they live, what they keep, and where they live.</summary>
public sealed class LiveSessionTests
{
    private const string List = """{"jsonrpc":"2.0","id":5,"method":"tools/list"}""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task The_session_that_was_idle_longest_makes_room_for_its_caller()
    {
        await using var host = await Start(new() { MaxPerCaller = 2 });
        var (first, second) = (await host.OpenSession(), await host.OpenSession());
        var other = await host.OpenSession(subject: "bob");
        (await Use(host, first)).ShouldBe(200);

        var third = await host.OpenSession();

        (await Use(host, second)).ShouldBe(404);
        (await Use(host, first)).ShouldBe(200);
        (await Use(host, third)).ShouldBe(200);
        (await Use(host, other, "bob")).ShouldBe(200);
        host.Endpoint.SessionCount.ShouldBe(3);
        (host.Endpoint.SessionsDisplaced, host.Endpoint.SessionsRefused).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_caller_whose_sessions_are_all_busy_gets_429_and_others_get_theirs()
    {
        await using var host = await Start(new() { MaxPerCaller = 1 });
        var busy = await host.OpenSession();
        using var stream = await EventStreamClient.Open(host, host.Listen(busy));

        var (status, body, response) = await host.Send(host.Post(McpTestHost.Initialize("2025-11-25")));

        status.ShouldBe(429);
        body.ShouldContain("\"id\":0,\"error\":{\"code\":-31003,");
        body.ShouldContain("\"data\":{\"code\":\"session_limit\",\"limit\":\"sessions\",\"scope\":\"principal\",\"value\":1,\"retryAfterSeconds\":5}");
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        response.Headers.Contains("Mcp-Session-Id").ShouldBeFalse();
        (host.Endpoint.SessionsDisplaced, host.Endpoint.SessionsRefused).ShouldBe((0, 1));
        await host.OpenSession(subject: "bob");
        (await Use(host, busy)).ShouldBe(200);
    }

    [Fact]
    public async Task A_process_full_of_busy_sessions_says_503()
    {
        await using var host = await Start(new() { MaxTotal = 1 });
        var running = await host.OpenSession();
        var call = host.Send(host.Post(McpTestHost.Call("wait"), ("Mcp-Session-Id", running)));
        (await host.Server.Waiting.WaitAsync(Patience)).ShouldBeTrue();

        var (status, _, response) = await host.Send(host.Post(McpTestHost.Initialize("2025-06-18"), ("X-Subject", "bob")));
        (status, response.Headers.RetryAfter?.Delta).ShouldBe((503, TimeSpan.FromSeconds(5)));

        await host.Send(host.Post("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""", ("Mcp-Session-Id", running)));
        await call;
        await host.OpenSession();
        (await Use(host, running)).ShouldBe(404);
    }

    [Fact]
    public async Task A_tenant_that_opens_many_sessions_ends_no_other_tenants()
    {
        await using var host = await Start(new() { MaxTotal = 4 });
        var quiet = await host.OpenSession(tenant: "quiet");
        for (var i = 0; i < 20; i++)
        {
            await host.OpenSession(subject: $"s{i}", tenant: "loud");
        }

        (await host.Send(host.Post(List, ("Mcp-Session-Id", quiet), ("X-Tenant", "quiet")))).Status.ShouldBe(200);
        host.Endpoint.SessionCount.ShouldBe(4);
    }

    [Fact]
    public async Task A_session_that_listens_ends_when_it_is_too_old()
    {
        await using var host = await Start(new() { MaxAge = TimeSpan.FromSeconds(1) });
        var session = await host.OpenSession();
        using var stream = await EventStreamClient.Open(host, host.Listen(session));
        await stream.Next();

        (await stream.Rest()).ShouldBeEmpty();
        (await Use(host, session)).ShouldBe(404);
        host.Endpoint.SessionCount.ShouldBe(0);
    }

    [Fact]
    public async Task What_one_tenant_keeps_for_replay_leaves_the_others_their_part()
    {
        await using var host = await Start(new() { MaxKeptBytesInAll = 64 * 1024, MaxKeptBytesPerTenant = 32 * 1024 });
        foreach (var tenant in (string[])["loud", "loud", "loud", "quiet"])
        {
            var session = await host.OpenSession(tenant: tenant);
            using var stream = await EventStreamClient.Open(host, host.Post(McpTestHost.Call("flood", "1", "{\"n\":20}"), ("Mcp-Session-Id", session), ("X-Tenant", tenant)));
            (await stream.Rest()).Count(e => e.Data.Length > 0).ShouldBe(21);
        }

        // A flood of 20 is some 20 KB.
        host.Endpoint.KeptBytes.ShouldBeInRange(45 * 1024, 65 * 1024);
    }

    [Fact]
    public async Task An_idle_session_ends_and_a_listening_one_does_not()
    {
        await using var host = await Start(new() { IdleLimit = TimeSpan.FromSeconds(1) });
        var (idle, listening) = (await host.OpenSession(), await host.OpenSession());
        (await Use(host, idle)).ShouldBe(200);
        using var stream = await EventStreamClient.Open(host, host.Listen(listening));

        await Eventually(() => host.Endpoint.SessionCount == 1);

        (await Use(host, idle)).ShouldBe(404);
        (await Use(host, listening)).ShouldBe(200);
        await Eventually(() => host.Server.Disposed == 1);
    }

    [Fact]
    public async Task What_is_kept_for_replay_is_bounded_and_given_back()
    {
        await using var host = await Start(new() { MaxKeptBytes = 64 * 1024, KeepFor = TimeSpan.FromSeconds(1) });
        var session = await host.OpenSession();
        using var stream = await EventStreamClient.Open(host, host.Post(McpTestHost.Call("flood", "1", "{\"n\":300}"), ("Mcp-Session-Id", session)));
        var events = await stream.Rest();

        events.Count(e => e.Data.Length > 0).ShouldBe(301);
        host.Endpoint.KeptBytes.ShouldBeInRange(32 * 1024, 64 * 1024);
        using var early = await host.Client.SendAsync(host.Listen(session, events[10].Id), HttpCompletionOption.ResponseHeadersRead);
        early.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var late = await EventStreamClient.Open(host, host.Listen(session, events[^10].Id));
        (await late.Rest()).Count.ShouldBe(9);

        await Eventually(() => host.Endpoint.KeptBytes == 0);
        using var gone = await host.Client.SendAsync(host.Listen(session, events[^10].Id), HttpCompletionOption.ResponseHeadersRead);
        gone.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_oldest_events_go_when_there_are_too_many()
    {
        await using var host = await Start(new() { MaxKeptEvents = 10 });
        var session = await host.OpenSession();
        using var stream = await EventStreamClient.Open(host, host.Post(McpTestHost.Call("progress"), ("Mcp-Session-Id", session)));
        var events = await stream.Rest();

        using var early = await host.Client.SendAsync(host.Listen(session, events[^12].Id), HttpCompletionOption.ResponseHeadersRead);
        early.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var late = await EventStreamClient.Open(host, host.Listen(session, events[^11].Id));
        (await late.Rest()).ShouldBe(events[^10..]);
    }

    [Fact]
    public async Task A_client_has_a_bounded_number_of_questions_open()
    {
        await using var host = await Start(new() { MaxQuestions = 1 });
        await Use(host, await host.OpenSession());
        var live = host.Server.Sessions.Single();
        using var patience = new CancellationTokenSource();
        var first = live.Ask("roots/list", default, patience.Token).AsTask();

        using (var second = await live.Ask("roots/list", default, default))
        {
            second.IsError.ShouldBeTrue();
        }

        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        live.Ask("roots/list", default, default).AsTask().IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task All_sessions_together_keep_no_more_than_the_process_allows()
    {
        await using var host = await Start(new() { MaxKeptBytesInAll = 32 * 1024 });
        for (var i = 0; i < 4; i++)
        {
            var session = await host.OpenSession();
            using var stream = await EventStreamClient.Open(host, host.Post(McpTestHost.Call("flood", "1", "{\"n\":20}"), ("Mcp-Session-Id", session)));
            (await stream.Rest()).Count(e => e.Data.Length > 0).ShouldBe(21);
        }

        host.Endpoint.KeptBytes.ShouldBeLessThanOrEqualTo(33 * 1024);
    }

    [Fact]
    public async Task A_session_that_ends_gives_its_memory_back()
    {
        await using var host = await Start(new());
        var session = await host.OpenSession();
        using (var stream = await EventStreamClient.Open(host, host.Post(McpTestHost.Call("flood", "1", "{\"n\":20}"), ("Mcp-Session-Id", session))))
        {
            await stream.Rest();
        }

        host.Endpoint.KeptBytes.ShouldBeGreaterThan(20_000);
        var delete = new HttpRequestMessage(HttpMethod.Delete, host.Address);
        delete.Headers.Add("Mcp-Session-Id", session);
        await host.Send(delete);

        host.Endpoint.KeptBytes.ShouldBe(0);
        host.Endpoint.SessionCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_standalone_stream_loses_it_and_nobody_waits()
    {
        await using var host = await Start(new() { MaxUnsentBytes = 256 * 1024, StallLimit = TimeSpan.FromSeconds(5) });
        var session = await host.OpenSession();
        using var deaf = await Deaf(host, $"GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nMcp-Session-Id: {session}\r\n\r\n");
        await Eventually(() => host.Server.Sessions.FirstOrDefault()?.HasStream == true);
        var live = host.Server.Sessions.First();
        var note = Encoding.ASCII.GetBytes($$"""{"x":"{{new string('x', 60_000)}}"}""");

        for (var i = 0; i < 500 && live.HasStream; i++)
        {
            await live.Send(note, default).AsTask().WaitAsync(Patience);
        }

        live.HasStream.ShouldBeFalse();
        host.Endpoint.KeptBytes.ShouldBeLessThan(2 << 20);
    }

    [Fact]
    public async Task A_client_that_does_not_read_the_stream_of_its_request_is_disconnected_and_the_request_goes_on()
    {
        await using var host = await Start(new() { MaxUnsentBytes = 64 * 1024, StallLimit = TimeSpan.FromMilliseconds(400) });
        var session = await host.OpenSession();
        var call = McpTestHost.Call("flood", "1", "{\"n\":20000}");
        using var deaf = await Deaf(
            host,
            $"POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: application/json, text/event-stream\r\nContent-Type: application/json\r\nContent-Length: {call.Length}\r\nMcp-Session-Id: {session}\r\n\r\n{call}");

        // The answer is the last event that is kept, whatever came before it.
        var id = "";
        await Eventually(() => host.Endpoint.KeptBytes > 512 * 1024);
        for (var i = 0; i < 100 && id.Length == 0; i++)
        {
            using var resumed = await host.Client.SendAsync(host.Listen(session, "1-20000"), HttpCompletionOption.ResponseHeadersRead);
            id = resumed.IsSuccessStatusCode ? await resumed.Content.ReadAsStringAsync() : "";
            await Task.Delay(50);
        }

        id.ShouldContain("\"id\":1,\"result\":");
    }

    [Theory]
    [InlineData(true, false, 299)]
    [InlineData(true, true, 404)]
    [InlineData(false, false, 404)]
    public async Task A_session_of_another_process_is_answered_there_once_or_gone(bool reachable, bool forwarded, int expected)
    {
        var (here, there) = (new Owners("http://here"), new Owners("http://there"));
        await using var owner = await McpTestHost.Start(options => options, there);
        await using var host = await McpTestHost.Start(options => options, here);
        here.IsReachable = reachable;
        here.Forwarded = forwarded;
        var session = await owner.OpenSession();

        (await Use(host, session)).ShouldBe(expected);
        using var listening = await host.Client.SendAsync(host.Listen(session));
        ((int)listening.StatusCode).ShouldBe(expected);
        here.Asked.ShouldBe(forwarded ? [] : ["http://there", "http://there"]);
        (await Use(owner, session)).ShouldBe(200);
    }

    [Fact]
    public async Task What_an_earlier_process_on_this_address_owned_is_gone()
    {
        var (before, now) = (new Owners("http://here"), new Owners("http://here") { IsReachable = true });
        await using var old = await McpTestHost.Start(options => options, before);
        await using var host = await McpTestHost.Start(options => options, now);

        (await Use(host, await old.OpenSession())).ShouldBe(404);
        now.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_modern_request_looks_at_no_session()
    {
        var (here, there) = (new Owners("http://here") { IsReachable = true }, new Owners("http://there"));
        await using var owner = await McpTestHost.Start(options => options, there);
        await using var host = await McpTestHost.Start(options => options, here);

        (await host.Send(host.Modern("tools/list", headers: ("Mcp-Session-Id", await owner.OpenSession())))).Status.ShouldBe(200);
        (await host.Send(host.Modern("tools/list", headers: ("Mcp-Session-Id", "garbage")))).Status.ShouldBe(200);
        here.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopping_ends_every_session_at_once()
    {
        var host = await Start(new());
        var session = await host.OpenSession();
        using var stream = await EventStreamClient.Open(host, host.Listen(session));
        await stream.Next();

        var stopping = host.Stop();

        (await stream.Rest()).ShouldBeEmpty();
        await stopping.WaitAsync(Patience);
        await host.DisposeAsync();
        host.Server.Disposed.ShouldBe(1);
    }

    [Fact]
    public async Task The_sessions_of_a_caller_that_lost_its_right_end_with_their_streams()
    {
        await using var host = await Start(new());
        var (alice, bob) = (await host.OpenSession(), await host.OpenSession(subject: "bob"));
        using var stream = await EventStreamClient.Open(host, host.Listen(alice));
        await stream.Next();

        host.Endpoint.EndSessions(session => session.Info.Caller.Subject == "alice").ShouldBe(1);

        (await stream.Rest()).ShouldBeEmpty();
        (await Use(host, alice)).ShouldBe(404);
        (await Use(host, bob, "bob")).ShouldBe(200);
    }

    [Fact]
    public async Task Bounds_out_of_range_keep_the_host_from_starting()
    {
        foreach (var bounds in new ClientSessionOptions[] { new() { MaxTotal = 0 }, new() { IdleLimit = TimeSpan.Zero }, new() { MaxKeptBytes = 1 }, new() { KeepFor = TimeSpan.FromDays(2) }, new() { MaxPerTenant = 0 } })
        {
            await Should.ThrowAsync<System.ComponentModel.DataAnnotations.ValidationException>(() => Start(bounds));
        }
    }

    private static Task<McpTestHost> Start(ClientSessionOptions sessions) => McpTestHost.Start(options => options with { Sessions = sessions });

    private static async Task<int> Use(McpTestHost host, string session, string subject = "alice") =>
        (await host.Send(host.Post(List, ("Mcp-Session-Id", session), ("X-Subject", subject)))).Status;

    /// <summary>A connection that sends a request and reads nothing.</summary>
    private static async Task<Socket> Deaf(McpTestHost host, string request)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return socket;
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (var i = 0; i < 1_000 && !condition(); i++)
        {
            await Task.Delay(20);
        }

        condition().ShouldBeTrue();
    }

    private sealed class Owners(string address) : ISessionOwners
    {
        public Guid Id { get; } = Guid.NewGuid();

        public string Address => address;

        public bool IsReachable { get; set; }

        public bool Forwarded { get; set; }

        public List<string> Asked { get; } = [];

        public bool WasForwarded(HttpContext http) => Forwarded;

        public ValueTask<bool> Forward(HttpContext http, string ownerAddress)
        {
            Asked.Add(ownerAddress);
            http.Response.StatusCode = IsReachable ? 299 : 200;
            return new(IsReachable);
        }
    }
}
