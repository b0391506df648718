using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// An MCP server on bare sockets, for what no HTTP library does. It answers handshake and list as it should; with a call it gets the socket right after the head of the
/// request, and the test's habit takes over. One tool: <c>echo</c>.
/// </summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Socket> _open = [];
    private readonly Func<RawCall, CancellationToken, Task> _habit;

    private RawUpstream(Func<RawCall, CancellationToken, Task> habit) => _habit = habit;

    public Uri Address => new($"http://{_listener.LocalEndpoint}/mcp");

    public static RawUpstream Start(Func<RawCall, CancellationToken, Task> habit)
    {
        var upstream = new RawUpstream(habit);
        upstream._listener.Start();
        _ = upstream.Accept();
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        foreach (var socket in _open)
        {
            socket.Dispose();
        }

        _end.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_end.Token);
                _open.Add(socket);
                _ = Serve(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task Serve(Socket socket)
    {
        using (socket)
        {
            try
            {
                while (await ReadHead(socket) is { } head)
                {
                    var length = long.Parse(Header(head, "content-length") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
                    if (Header(head, "mcp-method") == "tools/call")
                    {
                        await _habit(new RawCall(socket, length), _end.Token);
                        return;
                    }

                    await Answer(socket, await ReadBody(socket, (int)length));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The gateway went, or the test did.
            }
        }
    }

    // One byte at a time: what follows the head stays in the socket.
    private async Task<string?> ReadHead(Socket socket)
    {
        var (head, one) = (new StringBuilder(), new byte[1]);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(one, _end.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private async Task<JsonNode> ReadBody(Socket socket, int length)
    {
        var body = new byte[length];
        for (var read = 0; read < length;)
        {
            read += await socket.ReceiveAsync(body.AsMemory(read), _end.Token) is > 0 and var more ? more : throw new SocketException();
        }

        return JsonNode.Parse(body)!;
    }

    private async Task Answer(Socket socket, JsonNode message)
    {
        var result = message["method"]!.GetValue<string>() == "tools/list"
            ? """{"resultType":"complete","tools":[{"name":"echo","inputSchema":{"type":"object"}}]}"""
            : """{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}}""";
        var body = $$"""{"jsonrpc":"2.0","id":{{message["id"]!.ToJsonString()}},"result":{{result}}}""";
        await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), _end.Token);
    }

    private static string? Header(string head, string name) => head.Split("\r\n")
        .Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 1)..].Trim()).FirstOrDefault();
}

/// <summary>A call of which only the head was read.</summary>
/// <param name="Length">Announced length of the body.</param>
internal sealed record RawCall(Socket Socket, long Length)
{
    public Task Send(string text, CancellationToken cancellationToken) => Socket.SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken).AsTask();

    /// <summary>Reads until the other side ends; returns how much came and when it ended.</summary>
    public async Task<(long Bytes, long EndedAt)> Drain(CancellationToken cancellationToken)
    {
        var (buffer, total) = (new byte[64 * 1024], 0L);
        try
        {
            while (await Socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var read)
            {
                total += read;
            }
        }
        catch (SocketException)
        {
            // Reset is an end as well.
        }

        return (total, Stopwatch.GetTimestamp());
    }
}
