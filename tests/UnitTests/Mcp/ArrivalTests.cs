using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using McpPlatform.Mcp.AspNetCore;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>Messages that begin and do not end, on the wire: they take their share of memory and of time, and nobody else's.</summary>
public sealed class ArrivalTests
{
    private const int Large = 600 * 1024;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_tenant_that_has_its_half_is_refused_another_one_is_not_until_all_is_taken()
    {
        await using var host = await Start(new ClientSessionOptions());
        using var ended = new CancellationTokenSource();
        var held = Hold(host, "t1", ended.Token);
        await Holds(host, 1);

        var (status, body) = await Post(host, "t1");
        body.ShouldContain("The memory for messages of your tenant that are still arriving is taken.");
        (status, (await Post(host, "t2")).Status, (await Post(host, "t1", 10 * 1024)).Status).ShouldBe((429, 200, 200));

        var (second, third) = (Hold(host, "t2", ended.Token), Hold(host, "t3", ended.Token));
        await Holds(host, 3);
        ((await Post(host, "t4")).Status, (await Post(host, "t4", 10 * 1024)).Status).ShouldBe((503, 200));

        await ended.CancelAsync();
        await Task.WhenAll(held, second, third);
        await Holds(host, 0);
        ((await Post(host, "t1")).Status, (await Post(host, "t4")).Status).ShouldBe((200, 200));
    }

    [Fact]
    public async Task A_WebSocket_whose_message_finds_no_room_is_told_to_try_again_later()
    {
        await using var host = await Start(new ClientSessionOptions());
        using var first = await Open(host);
        await Begin(first, Large);
        using var second = await Open(host);
        await Holds(host, 1);

        await Begin(second, Large);

        await second.ReceiveAsync(new byte[16], CancellationToken.None).WaitAsync(Soon);
        ((int?)second.CloseStatus).ShouldBe(1013);
        first.Abort();
        await Holds(host, 0);
    }

    [Fact]
    public async Task A_WebSocket_whose_message_stops_in_the_middle_ends_and_a_silent_one_lives()
    {
        await using var host = await Start(new ClientSessionOptions { StallLimit = TimeSpan.FromSeconds(2) });
        using var silent = await Open(host);

        // A client answers pings while it reads.
        var answer = silent.ReceiveAsync(new byte[4096], CancellationToken.None);
        using var stalled = await Open(host);
        await Begin(stalled, 1);

        await Should.ThrowAsync<WebSocketException>(() => stalled.ReceiveAsync(new byte[16], CancellationToken.None).WaitAsync(Soon));

        await silent.SendAsync(Encoding.UTF8.GetBytes(McpTestHost.Initialize("2025-06-18")), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        (await answer.WaitAsync(Soon)).MessageType.ShouldBe(WebSocketMessageType.Text);
    }

    private static Task<McpTestHost> Start(ClientSessionOptions sessions) =>
        McpTestHost.Start(options => options with { MaxBodyBytes = 1024 * 1024, MaxArrivingBytes = 3 * 1024 * 1024, Sessions = sessions });

    /// <summary>Begins a request of 1 MB and sends the first part of it.</summary>
    private static async Task Hold(McpTestHost host, string tenant, CancellationToken end)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port, CancellationToken.None);
        var head = $"POST /mcp HTTP/1.1\r\nHost: {host.Address.Authority}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nX-Tenant: {tenant}\r\nContent-Length: 1000000\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), CancellationToken.None);
        await client.GetStream().WriteAsync(new byte[Large], CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan, end).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static async Task<(int Status, string Body)> Post(McpTestHost host, string tenant, int size = Large)
    {
        var (status, body, response) = await host.Send(host.Modern("tools/call", $",\"name\":\"echo\",\"arguments\":{{\"s\":\"{new string('x', size)}\"}}", "echo", headers: ("X-Tenant", tenant)));
        response.Dispose();
        return (status, body);
    }

    private static async Task<ClientWebSocket> Open(McpTestHost host)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mcp");
        socket.Options.SetRequestHeader("X-Tenant", "t1");
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None);
        return socket;
    }

    private static Task Begin(ClientWebSocket socket, int bytes) => socket.SendAsync(new byte[bytes], WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);

    /// <summary>A message of <see cref="Large"/> bytes holds a MiB: memory grows by twice.</summary>
    private static async Task Holds(McpTestHost host, int messages)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (host.Endpoint.ArrivingBytes != messages * 1024 * 1024)
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
