using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using McpPlatform.Benchmarks.Measuring;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>The real gateway, as built beside this program, with a folder of its own and no limit on the rate.</summary>
internal sealed class GatewayProcess : IParty, IDisposable
{
    private const string AllocatedMetric = "dotnet_gc_heap_total_allocated_bytes_total";
    private const string HeapMetric = "dotnet_gc_last_collection_heap_size_bytes";
    private const string SessionsMetric = "mcpp_gateway_sessions";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Func<string, Child> _start;
    private readonly string _folder;
    private Child _child;

    private GatewayProcess(Func<string, Child> start, string controlPlane, string folder, Uri address) => (_start, _child, _folder, Address) = (start, start(controlPlane), folder, address);

    public Uri Address { get; }

    public Uri Endpoint => new(Address, "/mcp");

    public long ResidentBytes => _child.ResidentBytes;

    /// <summary>How its runtime is set by default, as variables: for whatever is compared with it.</summary>
    public static IReadOnlyDictionary<string, string> Runtime
    {
        get
        {
            using var settings = JsonDocument.Parse(File.ReadAllBytes(Program() + ".runtimeconfig.json"));
            var properties = settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
            return new Dictionary<string, string>
            {
                ["DOTNET_gcServer"] = Flag(properties, "System.GC.Server"),
                ["DOTNET_gcConcurrent"] = Flag(properties, "System.GC.Concurrent", otherwise: true),
                ["DOTNET_TieredPGO"] = Flag(properties, "System.Runtime.TieredPGO", otherwise: true),
            };
        }
    }

    public async Task<Spending> Spent() => new(_child.Processor, (long)Value(await Metrics(), AllocatedMetric));

    /// <summary>What it has in use, after a collection of everything else.</summary>
    public async Task<Footprint> Footprint()
    {
        // What has a finalizer goes with the second one; memory goes back to the system a little later.
        await FullCollection.Of(_child.Id);
        await FullCollection.Of(_child.Id);
        await Task.Delay(TimeSpan.FromSeconds(2));
        var metrics = await Metrics();
        return new(_child.ResidentBytes, (long)Value(metrics, HeapMetric), Directory.EnumerateFileSystemEntries($"/proc/{_child.Id}/fd").Count(), (int)Value(metrics, SessionsMetric));
    }

    private async Task<string[]> Metrics()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, "/metrics"));
        request.Headers.Add("X-Api-Key", Scenery.Observer);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync()).Split('\n');
    }

    /// <summary>The sum over all series of a metric.</summary>
    private static double Value(string[] metrics, string name)
    {
        var series = metrics.Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{').ToList();
        return series.Count > 0 ? series.Sum(line => double.Parse(line.AsSpan(line.LastIndexOf(' ')), CultureInfo.InvariantCulture)) : throw new InvalidOperationException($"The gateway's metrics lack {name}.");
    }

    /// <summary>Returns once the gateway is healthy. Throws with its last words when it is not within 30 s.</summary>
    public static async Task<GatewayProcess> Start(string controlPlane, IReadOnlyDictionary<string, string> environment)
    {
        var folder = Directory.CreateTempSubdirectory("mcpp-benchmark-").FullName;
        var (port, internalPort) = FreePorts();
        var secrets = new Dictionary<string, string>(environment)
        {
            ["MCPP_INTERNAL_KEY"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ["MCPP_MASTER_KEY"] = environment.GetValueOrDefault("MCPP_MASTER_KEY") ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
        };
        Child Run(string plane) => Child.Start(
            Program(),
            ["--host", "127.0.0.1", "--port", $"{port}", "--internal-host", "127.0.0.1", "--internal-port", $"{internalPort}", "--data", folder],
            new Dictionary<string, string>(secrets)
            {
                ["Services__Policy__BaseAddress"] = plane,
                ["Services__Registry__BaseAddress"] = plane,
                ["Services__Factory__BaseAddress"] = plane,
                ["Services__Tracing__BaseAddress"] = plane,
            });
        var gateway = new GatewayProcess(Run, controlPlane, folder, new Uri($"http://127.0.0.1:{port}"));
        var lastWords = gateway._child.KeepLastLines(5);
        try
        {
            await gateway.WaitUntilHealthy(lastWords);
            return gateway;
        }
        catch
        {
            gateway.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Kills it and starts it again on its folder, with nobody behind it: no control plane. Returns how long it takes from the start of the process to the first answer that a client
    /// gets.
    /// </summary>
    public async Task<TimeSpan> StartAgain(Func<Task<bool>> answers)
    {
        _child.Dispose();
        var started = Stopwatch.GetTimestamp();
        _child = _start("http://127.0.0.1:9");
        _child.KeepLastLines(5);
        while (!await answers())
        {
            if (_child.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                throw new InvalidOperationException("The gateway did not come back.");
            }

            await Task.Delay(5);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    public void Dispose()
    {
        _http.Dispose();
        _child.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitUntilHealthy(Queue<string> lastWords)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await IsHealthy(http))
        {
            if (_child.HasExited || limit.IsCancellationRequested)
            {
                lock (lastWords)
                {
                    throw new InvalidOperationException($"The gateway did not become healthy. Its last words:\n{string.Join('\n', lastWords)}");
                }
            }

            await Task.Delay(100);
        }
    }

    private async Task<bool> IsHealthy(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(Address, "/health"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static string Flag(JsonElement properties, string name, bool otherwise = false) =>
        (properties.TryGetProperty(name, out var value) ? value.GetBoolean() : otherwise) ? "1" : "0";

    // …/tests/Benchmarks/bin/Release/net10.0/ → …/src/Gateway/Service/bin/Release/net10.0/
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var repository = output.Parent!.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(repository.FullName, "src", "Gateway", "Service", "bin", output.Parent.Name, output.Name, "McpPlatform.Gateway");
    }

    private static (int Public, int Internal) FreePorts()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var two = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        two.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)two.LocalEndpoint).Port);
    }
}
