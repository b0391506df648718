using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpPlatform.UnitTests.Net;

/// <summary>A listener on loopback (both families, one port) that counts connections and answers each with one fixed HTTP response.</summary>
internal sealed class Canary : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<TcpListener> listeners = [];
    private readonly List<Task> loops = [];
    private readonly byte[] answer;
    private int hits;

    public Canary(string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    {
        this.answer = Encoding.ASCII.GetBytes(answer);
        Port = Listen(IPAddress.Loopback, 0);
        if (Socket.OSSupportsIPv6)
        {
            Listen(IPAddress.IPv6Loopback, Port);
        }
    }

    public int Port { get; }

    public int Hits => Volatile.Read(ref hits);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listeners.ForEach(listener => listener.Dispose());
        await Task.WhenAll(loops);
        stop.Dispose();
    }

    private int Listen(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        listener.Start();
        listeners.Add(listener);
        loops.Add(Accept(listener));
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Accept(TcpListener listener)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref hits);
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[4096], stop.Token);
                await stream.WriteAsync(answer, stop.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // The test is over, or a client went away first.
        }
    }
}
