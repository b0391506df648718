using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>A platform of its own with every hostile behaviour registered as a server; started by the first scenario that asks.</summary>
public abstract class HostilePlatform(IPlatformForm form) : IAsyncLifetime
{
    private readonly SemaphoreSlim _one = new(1);
    private HostileUpstream? _hostile;
    private HostileUpstream? _slow;
    private Steps? _steps;

    internal HostileUpstream Hostile => _hostile!;

    /// <summary>What the registry said after its look at each server.</summary>
    internal ConcurrentDictionary<string, JsonNode> Seen { get; } = new();

    public static string SlugOf(string behaviour) => "h-" + behaviour.Replace("-", "", StringComparison.Ordinal);

    /// <summary>The tool of a server that is called, as callers name it.</summary>
    internal static string ToolOf(string behaviour) => $"{SlugOf(behaviour)}__{behaviour switch { "tool-shadow" => "send_email", "tool-xmcpheader" => "ok", _ => "echo" }}";

    internal async Task<Steps> Get()
    {
        await _one.WaitAsync();
        try
        {
            return _steps ??= await Besiege();
        }
        finally
        {
            _one.Release();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var part in (IAsyncDisposable?[])[_steps, _hostile, _slow])
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _one.Dispose();
    }

    private async Task<Steps> Besiege()
    {
        // Packing a gigabyte takes seconds, in which that script answers nobody: it has a process of its own.
        (_hostile, _slow) = (await HostileUpstream.Start(), await HostileUpstream.Start());
        var steps = await Steps.With(await form.Create(new Dictionary<string, string>
        {
            ["Gateway__RequestsPerSecond"] = "100000",
            ["Gateway__Burst"] = "100000",
            ["Limits__RequestsPerSecond"] = "100000",
            ["Limits__Burst"] = "100000",
            // Each behaviour is to show itself every time.
            ["Gateway__BreakerFailures"] = "1000",
        }));
        await Parallel.ForEachAsync(HostileTable.All, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (hostile, _) => await Register(steps, hostile.Behaviour));
        string[] listed = [.. HostileTable.All.Where(c => c.End is Answered or Refused).Select(c => ToolOf(c.Behaviour))];
        IReadOnlyList<string> missing = [];
        await steps.OnEveryGateway(
            async gateway => (missing = [.. listed.Except(await new ModernCaller(new Uri(gateway, "/mcp"), steps.Platform.AdminKey).ToolNames())]).Count == 0,
            TimeSpan.FromSeconds(30),
            () => $"Not listed: {string.Join(", ", missing)}: {string.Join(", ", Seen.Select(s => $"{s.Key} {s.Value["health_message"]}"))}");
        return steps;
    }

    private async Task Register(Steps steps, string behaviour)
    {
        var isSlow = behaviour == "gzip-bomb";
        var slug = SlugOf(behaviour);
        (await steps.Admin.Post("/api/v1/servers", new
        {
            slug,
            transport = "http",
            url = (isSlow ? _slow! : _hostile!).Address(behaviour),
            allow_private_address = true,
            headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {HostileTable.Credential}" },
            timeouts = isSlow ? new { headers_ms = 40_000, first_byte_ms = 40_000, idle_ms = 700, total_ms = 40_000 } : HostileTable.Timeouts,
            max_attempts = 1,
        })).Expect(HttpStatusCode.Created);
        Seen[behaviour] = (await steps.Admin.Post($"/api/v1/servers/{slug}/discover", new { })).Expect(HttpStatusCode.OK).Json;
    }
}
