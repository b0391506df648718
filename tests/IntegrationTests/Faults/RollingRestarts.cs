using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>
/// Gateways are replaced one by one while calls come at a fixed rate, whatever becomes of the earlier ones. The client keeps connections alive, makes new ones when it is told to close,
/// and tries nothing twice. <c>MCPP_TEST_RATE</c> (calls a second) and <c>MCPP_TEST_RESTARTS</c> set how hard: 600 and 5 are what the platform is made for, on a machine with cores to spare.
/// </summary>
[Collection(nameof(OneFaultAtATime))]
public sealed class RollingRestarts(OnePortPlatform shared) : IAsyncLifetime
{
    private static readonly int Rate = Number("MCPP_TEST_RATE", 150);
    private static readonly int Restarts = Number("MCPP_TEST_RESTARTS", 2);
    private static readonly int Streaming = Number("MCPP_TEST_STREAMS", 50);

    private readonly CallLedger _ledger = new();
    private readonly ConcurrentQueue<double> _times = new();
    private Steps _steps = null!;

    public async ValueTask InitializeAsync() => _steps = await shared.Get();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Nothing_fails_while_both_gateways_are_replaced_again_and_again()
    {
        var platform = (DistributedPlatform)_steps.Platform;
        var before = platform.GatewayProcesses;
        using var stop = new CancellationTokenSource();
        var load = SendAtRate(stop.Token);
        await Until.True(() => Task.FromResult(_ledger.Answered > Rate), TimeSpan.FromSeconds(30), () => string.Join('\n', _ledger.Failed.Take(5)));

        for (var restart = 0; restart < Restarts; restart++)
        {
            await Shell.Run(Path.Combine(Repository.Root, "scripts/rolling-restart.sh"), "--data", platform.DataFolder, "--gateways");
        }

        await Task.Delay(TimeSpan.FromSeconds(1));
        await stop.CancelAsync();
        await load;

        var times = _times.Order().ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_ledger.Answered} answered, {_ledger.Failed.Count} failed at {Rate}/s with {Restarts} restarts of 2 gateways; p50 {times[times.Length / 2]:0.0} ms, p99 {times[times.Length * 99 / 100]:0.0} ms, most {times[^1]:0} ms");
        _ledger.Failed.ShouldBeEmpty($"{_ledger.Failed.Count} of {_ledger.Answered}: {string.Join('\n', _ledger.Failed.Take(10))}");
        platform.GatewayProcesses.Intersect(before).ShouldBeEmpty("every process is a new one");
        await _ledger.Balance(platform, TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Streaming_sessions_begin_anew_and_none_of_their_calls_is_lost_without_a_word()
    {
        var platform = (DistributedPlatform)_steps.Platform;
        await using var upstream = await WireUpstream.Start(isModern: false);
        upstream.Tool("slow", static async call =>
        {
            for (var i = 1; i <= 10; i++)
            {
                await call.Progress(i);
                await Task.Delay(150, call.Gone);
            }

            return """{"content":[]}""";
        });
        await _steps.RegisterHttp("streams", upstream.Address);
        var endpoint = new Uri(platform.Address, "/mcp/servers/streams");
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Streaming).Select(_ => new StreamingClient(endpoint, platform.AdminKey)).ToList();
        var running = clients.Select(client => Task.Run(() => client.Run(stop.Token))).ToList();
        await Until.True(() => Task.FromResult(clients.TrueForAll(client => client.Finished > 0)), TimeSpan.FromSeconds(60), () => string.Join('\n', clients.SelectMany(client => client.Lost).Take(5)));

        var watch = Stopwatch.StartNew();
        await Shell.Run(Path.Combine(Repository.Root, "scripts/rolling-restart.sh"), "--data", platform.DataFolder, "--gateways");
        var took = watch.Elapsed;

        var before = clients.Select(client => client.Finished).ToArray();
        await Until.True(() => Task.FromResult(clients.Zip(before).All(pair => pair.First.Finished > pair.Second + 1)), TimeSpan.FromSeconds(60), () => "Not every client goes on.");
        await stop.CancelAsync();
        await Task.WhenAll(running);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Streaming} sessions with a stream and a call each: {clients.Sum(client => client.Finished)} calls answered, {clients.Sum(client => client.Sessions)} sessions opened; both gateways replaced in {took.TotalSeconds:0} s");
        clients.SelectMany(client => client.Lost).ShouldBeEmpty();
        clients.ShouldAllBe(client => client.Sessions > 1, "each session's gateway was replaced");
        await Until.True(() => Task.FromResult(upstream is { Streams: 0 } && upstream.Sessions.Count <= 4), TimeSpan.FromSeconds(60), () => $"{upstream.Sessions.Count} sessions and {upstream.Streams} streams stay at the server.");
    }

    [Fact]
    public async Task Services_are_replaced_one_by_one_while_calls_go_on()
    {
        var platform = (DistributedPlatform)_steps.Platform;
        string[] parts = [.. platform.GatewayParts, .. DistributedPlatform.Services];
        var before = parts.Select(platform.ProcessOf).ToArray();
        using var stop = new CancellationTokenSource();
        var load = SendAtRate(stop.Token);

        await Shell.Run(Path.Combine(Repository.Root, "run.sh"), "restart", "--data", platform.DataFolder);

        await stop.CancelAsync();
        await load;
        _ledger.Failed.ShouldBeEmpty(string.Join('\n', _ledger.Failed.Take(10)));
        parts.Select(platform.ProcessOf).Intersect(before).ShouldBeEmpty();
        await platform.WaitUntilHealthy();
    }

    /// <summary>Open loop: each call begins when it is due. Bounded: ten minutes, and 2000 at once.</summary>
    private async Task SendAtRate(CancellationToken stop)
    {
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1), MaxConnectionsPerServer = 100 }) { Timeout = TimeSpan.FromSeconds(20) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _steps.Platform.AdminKey);
        using var room = new SemaphoreSlim(2000);
        var running = new ConcurrentDictionary<Task, byte>();
        var (watch, sent) = (Stopwatch.StartNew(), 0L);
        while (!stop.IsCancellationRequested && watch.Elapsed < TimeSpan.FromMinutes(10))
        {
            for (; sent < watch.Elapsed.TotalSeconds * Rate; sent++)
            {
                await room.WaitAsync(CancellationToken.None);
                var call = Call(http, room);
                running[call] = 0;
                _ = call.ContinueWith(done => running.TryRemove(done, out _), TaskScheduler.Default);
            }

            await Task.Delay(5, CancellationToken.None);
        }

        await Task.WhenAll(running.Keys);
    }

    private async Task Call(HttpClient http, SemaphoreSlim room)
    {
        var marker = _ledger.Send();
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_steps.Platform.Address, "/mcp"));
            request.Content = new StringContent(
                """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"up__echo","arguments":{"text":"MARKER"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
                "io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"load","version":"1"}}}}
                """.Replace("MARKER", marker, StringComparison.Ordinal),
                Encoding.UTF8,
                "application/json");
            request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2026-07-28");
            request.Headers.TryAddWithoutValidation("Mcp-Method", "tools/call");
            request.Headers.TryAddWithoutValidation("Mcp-Name", "up__echo");
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.OK && text.Contains("\"result\"", StringComparison.Ordinal))
            {
                _times.Enqueue(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                _ledger.Answer(marker);
            }
            else
            {
                _ledger.Fail(marker, $"{(int)response.StatusCode} {text}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            _ledger.Fail(marker, $"after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms: {e.Message} {e.InnerException?.Message}");
        }
        finally
        {
            room.Release();
        }
    }

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
