using System.Diagnostics;
using McpPlatform.UnitTests;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>The fixture server of the official conformance suite over Streamable HTTP. Skips the running test, with the reason, where the shared material is missing.</summary>
internal sealed class ConformanceFixture : IAsyncDisposable
{
    private readonly Process _process;

    private ConformanceFixture(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static string Script => SharedMaterial.File("conformance/upstream/server.mjs");

    public static async Task<ConformanceFixture> Start(params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("node", [Script, "--http", "0", .. arguments]) { RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
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
