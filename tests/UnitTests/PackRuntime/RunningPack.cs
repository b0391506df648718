using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace McpPlatform.UnitTests.PackRuntime;

/// <summary>A pack runtime as a real process, the way the factory starts it.</summary>
internal sealed class RunningPack : IAsyncDisposable
{
    public const string Bearer = "0123456789abcdef0123456789abcdef";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string _file;
    private readonly HttpClient _client = new();

    private RunningPack(Process process, string file) => (Process, _file) = (process, file);

    public Process Process { get; }

    public int Port { get; private set; }

    public int ManagementPort { get; private set; }

    public string Output { get; private set; } = "";

    /// <summary>Starts a process and waits until it listens, or has ended.</summary>
    public static async Task<RunningPack> Start(byte[] lockFile, string secrets)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, lockFile);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "packruntime", "McpPlatform.PackRuntime.dll"), "--pack", file })
        {
            start.ArgumentList.Add(argument);
        }

        var running = new RunningPack(Process.Start(start)!, file);
        await running.Process.StandardInput.WriteLineAsync(secrets);
        await running.Process.StandardInput.FlushAsync();
        using var limit = new CancellationTokenSource(Limit);
        running.Output = await running.Process.StandardOutput.ReadLineAsync(limit.Token) ?? await running.Process.StandardError.ReadToEndAsync(limit.Token);
        if (running.Output.StartsWith('{'))
        {
            using var line = JsonDocument.Parse(running.Output);
            var state = line.RootElement.GetProperty("State");
            (running.Port, running.ManagementPort) = (state.GetProperty(nameof(Port)).GetInt32(), state.GetProperty(nameof(ManagementPort)).GetInt32());
        }

        return running;
    }

    public static string Secrets(params string[] allowPrivate) =>
        JsonSerializer.Serialize(new { bearer = Bearer, secrets = new Dictionary<string, string> { ["the-secret"] = "s3cret-value" }, allow_private = allowPrivate });

    /// <summary>One MCP request of the 2025-03-26 kind: no session, no headers of its own.</summary>
    public async Task<(int Status, JsonElement Body)> Ask(string method, string parameters = "{}", string bearer = Bearer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{Port}/mcp");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    public async Task<int> Probe(string path, int port)
    {
        using var response = await _client.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
        return (int)response.StatusCode;
    }

    public async Task<int> ExitCode()
    {
        using var limit = new CancellationTokenSource(Limit);
        await Process.WaitForExitAsync(limit.Token);
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            await Process.WaitForExitAsync();
        }

        Process.Dispose();
        _client.Dispose();
        File.Delete(_file);
    }
}
