using System.Diagnostics;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>The shared fixture server over Streamable HTTP on a loopback port; ends with the test.</summary>
internal sealed class NodeServer : IAsyncDisposable
{
    private readonly Process _process;

    private NodeServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<NodeServer> Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [Fixtures.SharedServer(), "--http", "0", .. arguments]) { RedirectStandardError = true };
        var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var line = await process.StandardError.ReadLineAsync(limit.Token) ?? "";
        return new(process, new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
