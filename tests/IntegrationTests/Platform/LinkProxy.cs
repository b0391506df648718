using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A TCP link between two processes that a test can cut: what one sends, the other never sees, and nobody is told, as when a cable is pulled.</summary>
internal sealed class LinkProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private volatile bool _cut;

    /// <summary>Listens on a free port of loopback and passes everything on.</summary>
    public LinkProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From now on bytes vanish in both directions, on open connections and on new ones.</summary>
    public void Cut() => _cut = true;

    /// <summary>New connections work again. The old ones, which lost bytes, are reset.</summary>
    public void Mend()
    {
        _cut = false;
        foreach (var client in _open.Keys)
        {
            Reset(client);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var client in _open.Keys)
        {
            Reset(client);
        }

        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_stop.Token);
                _open.TryAdd(near, 0);
                _ = Serve(near);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException && _stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private async Task Serve(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            await far.ConnectAsync(_host, _port, _stop.Token);
            _open.TryAdd(far, 0);
            await Task.WhenAny(Pump(near, far), Pump(far, near));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side is gone; so is the link.
        }
        finally
        {
            Reset(near);
            Reset(far);
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
        }
    }

    private async Task Pump(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var read and > 0)
            {
                // An end of stream, too, does not get through a cut cable: the loop reads on and drops.
                if (!_cut)
                {
                    for (var sent = 0; sent < read;)
                    {
                        sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
                    }
                }
            }

            while (_cut)
            {
                await Task.Delay(50, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone.
        }
    }

    private static void Reset(Socket client)
    {
        try
        {
            client.LingerState = new LingerOption(true, 0);
            client.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }
}
