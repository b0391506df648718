using McpPlatform.Benchmarks.Wire;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Benchmarks.Micro;

/// <summary>A call of a tool whose results are kept, and the same call of one whose are not: what the step before the attempts costs.</summary>
internal sealed class CacheScene
{
    private readonly Leaps _time = new();
    private readonly CachedCalls _cached;
    private readonly CachedCalls _leaping;
    private readonly ToolCall _kept;
    private readonly ToolCall _plain;

    public CacheScene(GatewayState plain, string folder, Envelope message)
    {
        var registry = Scenery.Registry(new Uri("http://127.0.0.1:1/mcp"), Scenery.Servers, Scenery.ToolsEach);
        var declared = registry with { Servers = [.. registry.Servers.Select(server => server with { Cache = new ServerCache(["echo"], 3_600_000) })] };
        var state = plain with { Registry = RegistryState.Compile(declared, RegistryState.Empty) };
        ApiKeys.Authenticate(state, Scenery.Key, TimeProvider.System, out var caller);
        var store = new GatewayStateStore(new SnapshotFiles(Path.Combine(folder, "snapshots"), TimeProvider.System), new HotPath.Silence(), TimeProvider.System);
        _cached = new CachedCalls(new ResultCache(store, CacheBounds.Default, TimeProvider.System), TimeProvider.System);
        _leaping = new CachedCalls(new ResultCache(store, CacheBounds.Default, _time), _time);
        (_kept, _plain) = (AttemptScene.Call(state, caller!, message), AttemptScene.Call(plain, caller!, message));
        (_kept.Target, _plain.Target) = ("echo", "echo");
    }

    /// <summary>Of every call, where nothing was declared.</summary>
    public void Asked()
    {
        if (_cached.Of(_plain) is not null)
        {
            throw new InvalidOperationException("Nothing may be kept of the plain call.");
        }
    }

    public void Named()
    {
        if (_cached.Of(_kept) is null)
        {
            throw new InvalidOperationException("The call's result may be kept.");
        }
    }

    /// <summary>The first one fills it.</summary>
    public async ValueTask Hit()
    {
        var end = await _cached.Run(_kept, _cached.Of(_kept)!, Fly, CancellationToken.None);
        using var answer = CachedCalls.Answer(_kept, end!.Result!);
    }

    /// <summary>Whatever was kept before is over its time.</summary>
    public async ValueTask Miss()
    {
        _time.Leap(TimeSpan.FromHours(2));
        var end = await _leaping.Run(_kept, _leaping.Of(_kept)!, Fly, CancellationToken.None);
        using var answer = CachedCalls.Answer(_kept, end!.Result!);
    }

    private static ValueTask<FlightEnd> Fly(ToolCall call, CancellationToken cancellationToken) => new(new FlightEnd(
        Answer: new UpstreamAnswer(EnvelopeParser.Parse("""{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}]}}"""u8.ToArray()).Envelope!, new MemoryStream())));

    private sealed class Leaps : TimeProvider
    {
        private long _ahead;

        public override long GetTimestamp() => base.GetTimestamp() + _ahead;

        public void Leap(TimeSpan by) => _ahead += (long)(by.TotalSeconds * TimestampFrequency);
    }
}
