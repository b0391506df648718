using System.Diagnostics;
using System.Text.Json;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>One running pack runtime. It ends when its standard input closes: when told so, and also when the platform is killed.</summary>
internal sealed class RuntimeProcess : IAsyncDisposable
{
    /// <summary>The runtime lets calls end for 10 s; then it is killed.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(12);

    private readonly Process _process;
    private readonly string _pidFile;
    private readonly Action<string, string> _log;
    private readonly TaskCompletionSource<(int Port, int ManagementPort)> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RuntimeProcess(Process process, string pidFile, Action<string, string> log)
    {
        (_process, _pidFile, _log) = (process, pidFile, log);
        Exited = WaitForExit();
    }

    /// <summary>Ends with the process; its result is the exit code.</summary>
    public Task<int> Exited { get; }

    /// <summary>Ends when the process listens; never when it ends before.</summary>
    public Task<(int Port, int ManagementPort)> Listening => _listening.Task;

    /// <summary>Starts a process and hands it its secrets.</summary>
    /// <param name="log">Takes stream and line.</param>
    public static async Task<RuntimeProcess> Start(ProcessStartInfo start, string secrets, string pidFile, Action<string, string> log, CancellationToken ct)
    {
        var process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
        await File.WriteAllTextAsync(pidFile, LeftoverProcess.Describe(process), ct);
        var runtime = new RuntimeProcess(process, pidFile, log);
        process.OutputDataReceived += (_, e) => runtime.Take("stdout", e.Data);
        process.ErrorDataReceived += (_, e) => runtime.Take("stderr", e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.StandardInput.WriteLineAsync(secrets.AsMemory(), ct);
            await process.StandardInput.FlushAsync(ct);
        }
        catch (IOException)
        {
            // It ended at once; Exited says so, and its lines say why.
        }

        return runtime;
    }

    /// <summary>Lets running calls end, then ends the process for good.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The pipe is broken: it has ended already.
        }

        if (await Task.WhenAny(Exited, Task.Delay(StopLimit)) != Exited)
        {
            _process.Kill(entireProcessTree: true);
            await Exited;
        }

        File.Delete(_pidFile);
        _process.Dispose();
    }

    private async Task<int> WaitForExit()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private void Take(string stream, string? line)
    {
        if (line is null)
        {
            return;
        }

        if (!_listening.Task.IsCompleted && stream == "stdout" && Ports(line) is { } ports)
        {
            _listening.TrySetResult(ports);
        }

        _log(stream, line);
    }

    private static (int, int)? Ports(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("State", out var state) && state.TryGetProperty("Port", out var port) && state.TryGetProperty("ManagementPort", out var management)
                ? (port.GetInt32(), management.GetInt32())
                : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null; // some other line
        }
    }
}
