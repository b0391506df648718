using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>A gateway is told to stop: it takes nothing new, lets finish what runs, and says so to what takes too long.</summary>
public abstract class DrainScenarios(HurtPlatform platform) : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = HurtPlatform.DrainTimeout;

    private readonly Steps _steps = platform.Steps;
    private readonly ScriptedUpstream _upstream = platform.Slow;
    private TaskCompletionSource _called = null!;
    private TaskCompletionSource _release = null!;
    private int _signalled;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Whatever became of the scenario: the next one finds a gateway.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_signalled != 0)
        {
            await Ended(_signalled, TimeSpan.FromSeconds(60));
        }

        _upstream.OnCall = static _ => Task.FromResult(false);
        await _steps.Platform.Start();
    }

    [Fact]
    public async Task What_runs_finishes_and_nothing_new_begins()
    {
        var (gateway, call, _) = await CallThatWaits();
        using var open = new HttpClient { BaseAddress = _steps.Platform.Address };
        (await open.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Signal(gateway);

        await Until.True(async () => (await open.GetAsync("/health")) is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.ConnectionClose: true }, TimeSpan.FromSeconds(2));
        await Until.True(IsRefused, TimeSpan.FromSeconds(3), () => "New connections are still taken.");
        call.IsCompleted.ShouldBeFalse();
        _release.SetResult();

        (await call).ToolText.ShouldBe($"{_upstream.Port}");
        await Ended(gateway, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task What_takes_longer_than_the_timeout_is_told_so_and_on_record()
    {
        var (gateway, call, marker) = await CallThatWaits();
        var watch = Stopwatch.StartNew();

        await Signal(gateway);
        var answer = await call;

        watch.Elapsed.ShouldBeInRange(Timeout - TimeSpan.FromSeconds(0.5), Timeout + TimeSpan.FromSeconds(5));
        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Message!["error"]!["data"]!["code"]!.GetValue<string>().ShouldBe("gateway.stopping");
        answer.Headers["Retry-After"].ShouldBe("1");
        await Ended(gateway, TimeSpan.FromSeconds(25));
        await _steps.Platform.Start();
        (await _steps.RecordOf(marker, "safe"))["error_code"]!.GetValue<string>().ShouldBe("gateway.stopping");
    }

    [Fact]
    public async Task Connections_on_which_nothing_runs_end_at_once_and_desktop_clients_find_the_next_process()
    {
        var (address, key) = (_steps.Platform.Address, _steps.Platform.AdminKey);
        await using var desktop = await MessageWire.Open("stdio", address, null, key);
        await desktop.Initialize("2025-11-25");
        (await desktop.Ask(1, "tools/list"))["result"].ShouldNotBeNull();
        await using var events = await MessageWire.Open("sse", address, null, key);
        await using var socket = (SocketWire)await MessageWire.Open("ws", address, null, key);
        await socket.Initialize("2025-11-25");
        await using var busy = (SocketWire)await MessageWire.Open("ws", address, null, key);
        await busy.Initialize("2025-11-25");
        (_called, _release) = (new(), new());
        _upstream.OnCall = async context =>
        {
            _called.TrySetResult();
            await _release.Task.WaitAsync(context.RequestAborted);
            return false;
        };
        await busy.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow__safe","arguments":{}}}""");
        await _called.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var gateway = _steps.Platform.GatewayProcesses[0];

        await Signal(gateway);

        (await events.Next(static _ => false)).ShouldBeNull();
        (await socket.Next(static _ => false)).ShouldBeNull();
        socket.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        (await busy.Answer(1))["error"]!["data"]!["code"]!.GetValue<string>().ShouldBe("gateway.stopping");
        (await busy.Next(static _ => false)).ShouldBeNull();
        await Ended(gateway, TimeSpan.FromSeconds(25));
        await _steps.Platform.Start();
        (await desktop.Ask(2, "tools/list"))["result"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_second_signal_ends_the_waiting()
    {
        var (gateway, call, _) = await CallThatWaits();
        await Signal(gateway);
        await Until.True(IsRefused, TimeSpan.FromSeconds(3));
        var watch = Stopwatch.StartNew();

        await Signal(gateway);
        var answer = await call;

        watch.Elapsed.ShouldBeLessThan(Timeout - TimeSpan.FromSeconds(1));
        answer.Message!["error"]!["data"]!["code"]!.GetValue<string>().ShouldBe("gateway.stopping");
        await Ended(gateway, TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task What_only_waits_for_news_ends_at_once_and_is_waited_for_by_nobody()
    {
        using var legacy = await Wire("old", WireClient.Legacy).Open();
        await using var news = await legacy.Listen();
        using var modern = Wire("slow", WireClient.Modern);
        await using var listening = await modern.Send("subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}", id: "\"l1\"");
        await listening.First("notifications/subscriptions/acknowledged");
        var gateway = _steps.Platform.GatewayProcesses[0];
        var watch = Stopwatch.StartNew();

        await Signal(gateway);

        (await listening.Answer()).Result["_meta"]!["io.modelcontextprotocol/subscriptionId"]!.GetValue<string>().ShouldBe("l1");
        (await news.All()).ShouldBeEmpty();
        watch.Elapsed.ShouldBeLessThan(Timeout - TimeSpan.FromSeconds(1));
        await Ended(gateway, TimeSpan.FromSeconds(20));
        await _steps.Platform.Start();
        await using var after = await legacy.Send("tools/list");
        after.Status.ShouldBe(HttpStatusCode.NotFound, "its client begins anew");
    }

    [Fact]
    public async Task Calls_whose_progress_is_on_its_way_are_told_on_their_streams_that_they_cannot_be_waited_for()
    {
        using var legacy = await Wire("old", WireClient.Legacy).Open();
        using var modern = Wire("old", WireClient.Modern);
        var calls = new List<WireExchange>();
        foreach (var client in (WireClient[])[legacy, modern])
        {
            calls.Add(await client.Call("hang", id: "\"c1\"", meta: "\"progressToken\":7"));
            await calls[^1].First("notifications/progress");
        }

        var gateway = _steps.Platform.GatewayProcesses[0];

        await Signal(gateway);

        foreach (var call in calls)
        {
            var answer = await call.Answer();
            (answer.Id, answer.Json["error"]!["data"]!["code"]!.GetValue<string>()).ShouldBe(("\"c1\"", "gateway.stopping"));
            (await call.All()).ShouldBeEmpty();
            await call.DisposeAsync();
        }

        await Ended(gateway, TimeSpan.FromSeconds(25));
    }

    private WireClient Wire(string server, string version) => new(new Uri(_steps.Platform.Address, $"/mcp/servers/{server}"), _steps.Platform.AdminKey, version);

    private async Task<(int Gateway, Task<McpAnswer> Call, string Marker)> CallThatWaits()
    {
        (_called, _release) = (new(), new());
        _upstream.OnCall = async context =>
        {
            _called.TrySetResult();
            await _release.Task.WaitAsync(context.RequestAborted);
            return false;
        };
        var marker = $"d{Guid.NewGuid():n}";
        var caller = new ModernCaller(new Uri(_steps.Platform.Address, "/mcp"), _steps.Platform.AdminKey);
        var call = caller.Call("slow__safe", new JsonObject { ["text"] = marker });
        await _called.Task.WaitAsync(TimeSpan.FromSeconds(10));
        return (_steps.Platform.GatewayProcesses[0], call, marker);
    }

    private async Task Signal(int process)
    {
        _signalled = process;
        await Shell.Run("kill", "-TERM", $"{process}");
    }

    private async Task<bool> IsRefused()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            await http.GetAsync(new Uri(_steps.Platform.Address, "/alive"));
            return false;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return true;
        }
    }

    private static Task Ended(int process, TimeSpan atMost) => Until.True(() => Task.FromResult(RunningProcesses.IsDead(process)), atMost, () => "The process does not end.");
}
