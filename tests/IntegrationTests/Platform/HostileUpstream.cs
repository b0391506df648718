using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using McpPlatform.UnitTests;
using Xunit;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// The upstream with every bad habit: <c>chaos/hostile_upstream.py</c> of the shared material, one habit per path. Skips the running test, with the reason, where that
/// or Python is missing. Beside it listens an address to which its answers would lure the platform.
/// </summary>
internal sealed class HostileUpstream : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TcpListener _lure;
    private int _lured;

    private HostileUpstream(Process process, int port, TcpListener lure) => (_process, Port, _lure) = (process, port, lure);

    public int Port { get; }

    /// <summary>How many connections the lure has got.</summary>
    public int Lured => Volatile.Read(ref _lured);

    public static string Script => SharedMaterial.File("chaos/hostile_upstream.py");

    public static async Task<HostileUpstream> Start()
    {
        var script = Script;
        var lure = new TcpListener(IPAddress.Loopback, 0);
        lure.Start();
        var port = Shell.FreePorts(1)[0];
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo("python3", [script, "--listen", $"127.0.0.1:{port}", "--canary", $"{lure.LocalEndpoint}"]) { RedirectStandardInput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            lure.Dispose();
            Assert.Skip("python3 is not on this machine");
        }

        var upstream = new HostileUpstream(process!, port, lure);
        _ = upstream.CountLured();
        await Until.True(() => IsListening(port), TimeSpan.FromSeconds(20), () => "hostile_upstream.py does not listen.");
        return upstream;
    }

    public Uri Address(string behaviour) => new($"http://127.0.0.1:{Port}/{behaviour}/mcp");

    public async ValueTask DisposeAsync()
    {
        _lure.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> IsListening(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task CountLured()
    {
        try
        {
            while (true)
            {
                using var client = await _lure.AcceptTcpClientAsync();
                Interlocked.Increment(ref _lured);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
