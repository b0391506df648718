using System.Net;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios.Wire;
using Xunit;

[assembly: AssemblyFixture(typeof(StandaloneWire))]
[assembly: AssemblyFixture(typeof(DistributedWire))]

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>On the platform of <see cref="SharedStandalone"/>.</summary>
public sealed class StandaloneWire : WireBench;

/// <summary>On the platform of <see cref="SharedDistributed"/>.</summary>
public sealed class DistributedWire : WireBench;

/// <summary>
/// What all wire scenarios of a form share: servers of each era with the same tools, two that stay as they are and two whose lists change, and a key that is fast enough. Made for the first
/// scenario that asks.
/// Each scenario tells its calls from those of others by what it sends.
/// </summary>
public abstract class WireBench : IAsyncLifetime
{
    private readonly SemaphoreSlim _one = new(1);
    private Bench? _bench;

    internal async Task<Bench> Get(SharedPlatform shared)
    {
        await _one.WaitAsync();
        try
        {
            return _bench ??= await Bench.On(await shared.Get());
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
        await (_bench?.DisposeAsync() ?? ValueTask.CompletedTask);
        _one.Dispose();
    }
}

/// <summary>The servers, registered, and clients for them.</summary>
internal sealed class Bench(Steps steps, IReadOnlyDictionary<string, WireUpstream> upstreams, string key) : IAsyncDisposable
{
    /// <summary>Of the server that speaks the modern era only.</summary>
    public const string ModernSlug = "wm";

    /// <summary>Of the server that speaks the legacy era only.</summary>
    public const string LegacySlug = "wl";

    /// <summary>As the first, with lists that change.</summary>
    public const string ChangingModernSlug = "cm";

    /// <summary>As the second, with lists that change.</summary>
    public const string ChangingLegacySlug = "cl";

    public Steps Steps => steps;

    public string Key => key;

    public WireUpstream Modern => upstreams[ModernSlug];

    public WireUpstream Legacy => upstreams[LegacySlug];

    public WireUpstream ChangingModern => upstreams[ChangingModernSlug];

    public WireUpstream ChangingLegacy => upstreams[ChangingLegacySlug];

    /// <summary>Every client era with every server era.</summary>
    public static TheoryData<string, string> Eras => new()
    {
        { WireClient.Modern, ModernSlug },
        { WireClient.Modern, LegacySlug },
        { WireClient.Legacy, ModernSlug },
        { WireClient.Legacy, LegacySlug },
    };

    public static async Task<Bench> On(Steps steps)
    {
        var upstreams = new Dictionary<string, WireUpstream>();
        foreach (var slug in (string[])[ModernSlug, LegacySlug, ChangingModernSlug, ChangingLegacySlug])
        {
            WireTools.Add(upstreams[slug] = await WireUpstream.Start(isModern: slug is ModernSlug or ChangingModernSlug), slug);
        }

        await Task.WhenAll(upstreams.Select(upstream => steps.RegisterHttp(upstream.Key, upstream.Value.Address)));
        return new Bench(steps, upstreams, await FastKey(steps, "admin"));
    }

    /// <summary>A key whose rate is in nobody's way.</summary>
    public static async Task<string> FastKey(Steps steps, params string[] roles)
    {
        var name = $"wire-{Guid.NewGuid():n}"[..20];
        var key = (await steps.Admin.Post("/api/v1/keys", new { name, roles, rate = 100_000, burst = 100_000 })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        await steps.OnEveryGateway(async gateway => (await new ModernCaller(new Uri(gateway, "/mcp"), key).Request("tools/list")).Status == HttpStatusCode.OK, Steps.Propagation);
        return key;
    }

    public WireUpstream Upstream(string slug) => upstreams[slug];

    /// <summary>A client at a server's own endpoint; its session is open.</summary>
    public Task<WireClient> Client(string version, string slug, string? capabilities = null) =>
        new WireClient(steps.McpOf(slug), key, version, capabilities ?? WireClient.Everything).Open();

    /// <summary>A client at the endpoint of all servers.</summary>
    public Task<WireClient> ClientOfAll(string version, string? capabilities = null) => new WireClient(steps.Mcp, key, version, capabilities ?? WireClient.Everything).Open();

    public async ValueTask DisposeAsync()
    {
        foreach (var upstream in upstreams.Values)
        {
            await upstream.DisposeAsync();
        }
    }
}
