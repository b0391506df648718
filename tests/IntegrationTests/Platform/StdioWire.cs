using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary><c>mcpp stdio</c> as a desktop client starts it.</summary>
internal sealed class StdioWire : MessageWire
{
    private readonly Process _process;

    public StdioWire(Uri gateway, string? server, string key)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [Repository.Mcpp, "stdio", .. server is null ? Array.Empty<string>() : ["--server", server]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Environment = { ["MCPP_URL"] = gateway.ToString(), ["MCPP_KEY"] = key },
        })!;
        _process.BeginErrorReadLine();
    }

    public override async Task Send(string message)
    {
        await _process.StandardInput.WriteAsync(message + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends its input and tells its exit code.</summary>
    public Task<int> End()
    {
        _process.StandardInput.Close();
        return Exit();
    }

    /// <summary>Signals it to end and tells its exit code.</summary>
    public async Task<int> Terminate()
    {
        await Shell.Run("kill", "-TERM", $"{_process.Id}");
        return await Exit();
    }

    private async Task<int> Exit()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public override ValueTask DisposeAsync()
    {
        _process.Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<JsonNode?> Read(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line ? JsonNode.Parse(line) : null;
}
