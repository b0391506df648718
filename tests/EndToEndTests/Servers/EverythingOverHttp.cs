using System.Diagnostics;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.UnitTests;

namespace McpPlatform.EndToEndTests.Servers;

/// <summary>The reference server by address, over both of its HTTP transports. It would listen on all interfaces.</summary>
internal sealed class EverythingOverHttp : IAsyncDisposable
{
    private readonly List<Process> _processes = [];

    public Uri Streamable { get; private set; } = null!;

    public Uri Sse { get; private set; } = null!;

    public static async Task<EverythingOverHttp> Start()
    {
        var servers = new EverythingOverHttp();
        var ports = Shell.FreePorts(2);
        servers.Run("streamableHttp", ports[0]);
        servers.Run("sse", ports[1]);
        (servers.Streamable, servers.Sse) = (new Uri($"http://127.0.0.1:{ports[0]}/mcp"), new Uri($"http://127.0.0.1:{ports[1]}/sse"));
        using var http = new HttpClient();
        foreach (var address in (Uri[])[servers.Streamable, servers.Sse])
        {
            await Until.True(async () => await Answers(http, new Uri(address, "/")), TimeSpan.FromSeconds(30), () => $"{address} does not answer.");
        }

        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static async Task<bool> Answers(HttpClient http, Uri address)
    {
        try
        {
            using var response = await http.GetAsync(address);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Run(string transport, int port)
    {
        var (program, arguments) = TestLaunchers.RealServers["everything"];
        var start = new ProcessStartInfo(program, ["--require", SharedMaterial.File("conformance/lib/loopback.cjs"), .. arguments[..^1], transport]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PORT"] = $"{port}";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }
}
