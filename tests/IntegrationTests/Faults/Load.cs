using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>
/// People at work while something breaks: calls at every gateway, changes of the management API, and somebody who tries what a rule denies. A call that fails at one
/// gateway is tried at the next, as a client behind a load balancer does.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Paced: a fault matters, not the machine's speed, and what begins again after one needs the machine, too. Scenarios wait for numbers of calls, not for times.
    private static readonly TimeSpan BetweenCalls = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenChanges = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(100);

    private readonly Steps _steps;
    private readonly Key _denied;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, byte> _created = new();
    private readonly List<Task> _people = [];
    private int _retried;
    private int _violations;

    private Load(Steps steps, Key denied) => (_steps, _denied) = (steps, denied);

    public CallLedger Calls { get; } = new();

    /// <summary>Calls that did not work at the first gateway they were sent to.</summary>
    public int Retried => Volatile.Read(ref _retried);

    /// <summary>How often something worked that a rule denies.</summary>
    public int Violations => Volatile.Read(ref _violations);

    /// <summary>Names of policies whose creation was acknowledged.</summary>
    public ICollection<string> Created => _created.Keys;

    public static async Task<Load> Start(Steps steps, Key denied, int callers = 4)
    {
        var load = new Load(steps, denied);
        for (var i = 0; i < callers; i++)
        {
            load._people.Add(load.Call(i));
        }

        load._people.Add(load.Manage());
        load._people.Add(load.TryWhatIsDenied());
        await load.MoreCalls(40);
        return load;
    }

    /// <summary>Waits until that many more calls were answered.</summary>
    public async Task MoreCalls(int count)
    {
        var before = Calls.Answered;
        await Until.True(() => Task.FromResult(Calls.Answered >= before + count), TimeSpan.FromSeconds(30), () => $"No calls get through: {string.Join('\n', Calls.Failed.TakeLast(5))}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_people);
            _stop.Dispose();
        }
    }

    // Bounded by the test, which stops it.
    private async Task Call(int number)
    {
        using var http = new CallersOfAll(_steps.Platform.Gateways, _steps.Platform.AdminKey);
        for (var turn = number; !_stop.IsCancellationRequested; turn++)
        {
            var marker = Calls.Send();
            var deadline = DateTimeOffset.UtcNow + Patience;
            for (var attempt = 0; ; attempt++)
            {
                var why = await TryCall(http.At(turn + attempt), marker);
                if (why is null)
                {
                    Calls.Answer(marker);
                    break;
                }

                if (attempt == 0)
                {
                    Interlocked.Increment(ref _retried);
                }

                if (DateTimeOffset.UtcNow > deadline)
                {
                    Calls.Fail(marker, why);
                    break;
                }

                // A new marker: whether the failed one was recorded is unknown, and both would be right.
                marker = Calls.Send();
                await Task.Delay(50);
            }

            await Task.Delay(BetweenCalls);
        }
    }

    private static async Task<string?> TryCall(ModernCaller caller, string marker)
    {
        try
        {
            var answer = await caller.Call("up__echo", new JsonObject { ["text"] = marker });
            return answer.Status == HttpStatusCode.OK && answer.Message?["result"] is not null ? null : $"{(int)answer.Status} {answer.Text}";
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e.Message;
        }
    }

    private async Task Manage()
    {
        while (!_stop.IsCancellationRequested)
        {
            var name = $"made-{Guid.NewGuid():n}"[..30];
            foreach (var gateway in _steps.Platform.Gateways)
            {
                using var api = new ApiClient(gateway, _steps.Platform.AdminKey);
                try
                {
                    if ((await api.Post("/api/v1/policies", new { name, grants = Array.Empty<object>() })).Status == HttpStatusCode.Created)
                    {
                        _created[name] = 0;
                    }

                    break;
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    // That gateway is away; the next one may know of it already, then it is refused as taken and not acknowledged.
                }
            }

            await Task.Delay(BetweenChanges);
        }
    }

    private async Task TryWhatIsDenied()
    {
        using var http = new CallersOfAll(_steps.Platform.Gateways, _denied.Text);
        for (var turn = 0; !_stop.IsCancellationRequested; turn++)
        {
            try
            {
                if ((await http.At(turn).Call("up__delete_thing")).Message?["result"] is not null)
                {
                    Interlocked.Increment(ref _violations);
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Nothing was allowed.
            }

            await Task.Delay(BetweenAttempts);
        }
    }

    private sealed class CallersOfAll(IReadOnlyList<Uri> gateways, string key) : IDisposable
    {
        private readonly ModernCaller[] _callers = [.. gateways.Select(g => new ModernCaller(new Uri(g, "/mcp"), key))];

        public ModernCaller At(int turn) => _callers[turn % _callers.Length];

        public void Dispose() => Array.ForEach(_callers, c => c.Dispose());
    }
}
