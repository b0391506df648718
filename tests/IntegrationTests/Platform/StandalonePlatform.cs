using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>All services in one process.</summary>
public sealed class StandaloneForm : IPlatformForm
{
    public async Task<IPlatformUnderTest> Create(IReadOnlyDictionary<string, string>? settings = null) => await StandalonePlatform.Create(settings);
}

/// <summary>Standalone as a child process on a private PostgreSQL, as <c>./run.sh</c> starts it.</summary>
public sealed class StandalonePlatform : IPlatformUnderTest
{
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-test-").FullName;
    private readonly int[] _ports = Shell.FreePorts(2);
    private readonly ConcurrentQueue<string> _log = new();
    private PrivatePostgres? _postgres;
    private Process? _process;

    public Uri Address => new($"http://127.0.0.1:{_ports[0]}");

    public IReadOnlyList<Uri> Gateways => [Address];

    public Uri InternalAddress(string service) => new($"http://127.0.0.1:{_ports[1]}");

    public IReadOnlyList<int> GatewayProcesses => [_process!.Id];

    public string AdminKey { get; private set; } = "";

    /// <summary>Of the process that runs now.</summary>
    public int ProcessId => _process!.Id;

    public string DataFolder => Path.Combine(_folder, "data");

    public string Logs => string.Join('\n', _log);

    /// <summary>Makes a new, empty platform and waits until it is healthy.</summary>
    /// <param name="settings">Further environment variables.</param>
    public static async Task<StandalonePlatform> Create(IReadOnlyDictionary<string, string>? settings = null)
    {
        var platform = new StandalonePlatform { _settings = settings ?? new Dictionary<string, string>() };
        // PostgreSQL runs as a user of its own, who must be able to pass through.
        File.SetUnixFileMode(platform._folder, (UnixFileMode)0b111_001_001);
        Directory.CreateDirectory(platform.DataFolder);
        await File.WriteAllTextAsync(Path.Combine(platform._folder, "mcpplatform.yaml"), TestLaunchers.Text);
        try
        {
            platform._postgres = await PrivatePostgres.Create(Path.Combine(platform._folder, "postgres"));
            await Starts.InTurn(() => platform.Start());
            platform.AdminKey = (await File.ReadAllTextAsync(Path.Combine(platform.DataFolder, "bootstrap-admin-key"))).Trim();
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    private IReadOnlyDictionary<string, string> _settings = new Dictionary<string, string>();

    public string RuntimeConnection(string service) => _postgres!.Runtime(service);

    public string OwnerConnection(string service) => _postgres!.Owner(service);

    public async Task Start(bool waitUntilHealthy = true)
    {
        if (_process is null || RunningProcesses.IsDead(_process.Id))
        {
            Launch();
        }

        if (waitUntilHealthy)
        {
            await Until.True(IsHealthy, StartUp, () => $"The platform is not healthy. Its log:\n{Logs}");
        }
    }

    private void Launch()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = _folder,
        };
        foreach (var argument in (string[])[Repository.Standalone, "--host", "127.0.0.1", "--port", $"{_ports[0]}", "--internal-port", $"{_ports[1]}", "--data", DataFolder])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in _postgres!.Settings.Concat(_settings))
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task Kill()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    public Task StopDatabase() => _postgres!.Stop();

    public Task StartDatabase() => _postgres!.Start();

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await Shell.Run("kill", "-TERM", $"{_process.Id}");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await Kill();
            }
        }

        _process?.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsHealthy()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"The platform ended with {_process.ExitCode}. Its log:\n{Logs}");
        }

        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return (await http.GetAsync("/health")).StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
        }
    }
}
