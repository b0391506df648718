using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>The platform as <c>./run.sh --distributed</c> runs it: that very script, on ports and a data folder of the test's own.</summary>
public sealed class DistributedPlatform : IPlatformUnderTest
{
    /// <summary>The services, each with a database; parts of the platform beside the gateways, <c>postgres</c> and <c>rabbitmq</c>.</summary>
    public static readonly IReadOnlyList<string> Services = ["policy", "registry", "factory", "tracing"];

    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-test-").FullName;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Dictionary<string, string> _settings;
    private readonly int _gateways;
    private readonly bool _onePort;
    private readonly int _port;
    private readonly PlatformParts _parts;
    private PlatformLinks? _links;
    private PrivatePostgres? _postgres;
    private Process? _process;

    private DistributedPlatform(int gateways, IReadOnlyDictionary<string, string>? settings, bool onePort)
    {
        (_gateways, _settings, _onePort) = (gateways, new Dictionary<string, string>(settings ?? new Dictionary<string, string>()), onePort);
        _port = PortBlock.Find(30);
        _parts = new PlatformParts(DataFolder);
        Gateways = [.. Enumerable.Range(0, onePort ? 1 : gateways).Select(i => new Uri($"http://127.0.0.1:{_port + i}"))];
    }

    public IReadOnlyList<Uri> Gateways { get; }

    public Uri Address => Gateways[0];

    public Uri InternalAddress(string service) => service == "gateway" ? new Uri($"http://127.0.0.1:{_port + 10}") : ServiceAddresses[service];

    public string AdminKey { get; private set; } = "";

    public IReadOnlyList<int> GatewayProcesses => [.. GatewayParts.Select(p => ProcessOf(p) ?? throw new InvalidOperationException($"{p} does not run."))];

    public string DataFolder => Path.Combine(_folder, "data");

    public string Logs => string.Join('\n', [.. _output, .. LogFiles().Select(ReadShared)]);

    /// <summary>The one listener of each control-plane service.</summary>
    public IReadOnlyDictionary<string, Uri> ServiceAddresses => Services.Select((s, i) => (s, i)).ToDictionary(s => s.s, s => new Uri($"http://127.0.0.1:{_port + 11 + s.i}"));

    /// <summary>The broker that <c>run.sh</c> started, as its own user.</summary>
    public Uri Broker => new($"amqp://mcpp:{File.ReadAllText(Path.Combine(Folder("keys"), "rabbitmq.pw"))}@127.0.0.1:{File.ReadAllText(Path.Combine(Folder("rabbitmq"), "ports")).Split(' ')[0]}/");

    /// <summary>Names of the gateway processes.</summary>
    public IReadOnlyList<string> GatewayParts => [.. Enumerable.Range(1, _gateways).Select(i => i == 1 ? "gateway" : $"gateway-{i}")];

    /// <summary>Links that can be cut, by what they lead to: <c>policy</c>, <c>registry</c>, <c>factory</c>, <c>tracing</c>, <c>gateway</c>, <c>postgres</c>, <c>rabbitmq</c>.</summary>
    internal IReadOnlyDictionary<string, LinkProxy> Links => _links!.All;

    /// <summary>Starts it.</summary>
    /// <param name="gateways">How many gateways, each on a port of its own.</param>
    /// <param name="settings">Further environment variables, for every process.</param>
    /// <param name="withLinks">Puts a link that can be cut before each service; PostgreSQL and RabbitMQ are then brought along, as an operator's own would be.</param>
    /// <param name="onePort">All gateways on one port, which then is the one address.</param>
    /// <param name="prepare">Called with the data folder before anything runs.</param>
    public static async Task<DistributedPlatform> Create(
        int gateways = 1, IReadOnlyDictionary<string, string>? settings = null, bool withLinks = false, bool onePort = false, Func<string, Task>? prepare = null)
    {
        var platform = new DistributedPlatform(gateways, settings, onePort);
        // PostgreSQL and RabbitMQ run as users of their own, who must be able to pass through.
        File.SetUnixFileMode(platform._folder, (UnixFileMode)0b111_001_001);
        await File.WriteAllTextAsync(Path.Combine(platform._folder, "mcpplatform.yaml"), TestLaunchers.Text);
        Directory.CreateDirectory(platform.DataFolder);
        File.SetUnixFileMode(platform.DataFolder, (UnixFileMode)0b111_001_001);
        try
        {
            await (prepare?.Invoke(platform.DataFolder) ?? Task.CompletedTask);
            await (withLinks ? platform.Link() : Task.CompletedTask);
            await Starts.InTurn(platform.Run);
            platform._postgres ??= await PrivatePostgres.Of(platform.Folder("postgres"), platform.Folder("keys"));
            platform.AdminKey = (await File.ReadAllTextAsync(Path.Combine(platform.DataFolder, "bootstrap-admin-key"))).Trim();
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    public string RuntimeConnection(string service) => _postgres!.Runtime(service);

    public string OwnerConnection(string service) => _postgres!.Owner(service);

    /// <summary>The process id of a part; null while it does not run.</summary>
    public int? ProcessOf(string part) => _parts.ProcessOf(part);

    /// <summary>kill -9 of one part, which comes back by itself.</summary>
    public Task Crash(string part) => _parts.Crash(part);

    /// <summary>kill -9 of one part, which stays away until <see cref="Release"/>.</summary>
    public Task Hold(string part) => _parts.Hold(part);

    /// <summary>Lets a part come back.</summary>
    public void Release(string part) => _parts.Release(part);

    public async Task Kill()
    {
        foreach (var part in (string[])[.. GatewayParts, .. Services])
        {
            await Hold(part);
        }
    }

    public async Task Start(bool waitUntilHealthy = true)
    {
        foreach (var part in (string[])[.. GatewayParts, .. Services])
        {
            Release(part);
        }

        if (waitUntilHealthy)
        {
            await WaitUntilHealthy();
        }
    }

    public async Task StopDatabase()
    {
        await _parts.KeepAway("postgres");
        await _postgres!.Stop();
    }

    public async Task StartDatabase()
    {
        await _postgres!.Start();
        Release("postgres");
    }

    /// <summary>Waits until every gateway is healthy and every service's own health says so, by the one listener it has.</summary>
    public Task WaitUntilHealthy() => Until.True(IsHealthy, StartUp, () => $"The platform is not healthy. Its log:\n{Logs}");

    /// <summary>Ends it as Ctrl+C does, and waits until nothing is left of it.</summary>
    public async Task Stop()
    {
        if (_process is { HasExited: false })
        {
            await Shell.Run("kill", "-TERM", $"{_process.Id}");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            await _process.WaitForExitAsync(patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _process?.Dispose();
        if (_links is not null)
        {
            await _links.DisposeAsync();
            await _postgres!.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task Link()
    {
        _postgres = await PrivatePostgres.Of(Folder("postgres"), Folder("keys"));
        _links = await PlatformLinks.Make(_postgres, Folder("rabbitmq"), Folder("keys"), [("gateway", _port + 10), .. ServiceAddresses.Select(s => (s.Key, s.Value.Port))]);
        foreach (var (name, value) in _links.Settings)
        {
            _settings[name] = value;
        }
    }

    private async Task Run()
    {
        Launch();
        await WaitUntilHealthy();
    }

    private void Launch()
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "run.sh")) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in (string[])["--distributed", "--no-build", "--port", $"{_port}", "--internal-port", $"{_port + 10}", "--data", DataFolder, "--gateways", $"{_gateways}", "--gateway-ports", _onePort ? "shared" : "consecutive"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["FAST"] = "yes";
        start.Environment["CONFIGURATION"] = Repository.Configuration;
        start.Environment["Gateway__ConfigFile"] = Path.Combine(_folder, "mcpplatform.yaml");
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task<bool> IsHealthy()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"The platform ended with {_process.ExitCode}. Its log:\n{Logs}");
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        foreach (var address in (Uri[])[.. Gateways, .. ServiceAddresses.Values])
        {
            try
            {
                if ((await http.GetAsync(new Uri(address, "/health"))).StatusCode != HttpStatusCode.OK)
                {
                    return false;
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        }

        return true;
    }

    private string Folder(string name) => Path.Combine(DataFolder, name);

    private IEnumerable<string> LogFiles() => Directory.Exists(Folder("logs")) ? Directory.EnumerateFiles(Folder("logs"), "*.log*").Order() : [];

    private static string ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
