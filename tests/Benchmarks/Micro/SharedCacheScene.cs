using System.Security.Cryptography;
using McpPlatform.Benchmarks.Wire;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.SharedResults;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Security;
using McpPlatform.Mcp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpPlatform.Benchmarks.Micro;

/// <summary>A gateway whose memory keeps nothing, so that each call looks into a real Redis. Nothing is closed: the program ends after it.</summary>
internal sealed class SharedCacheScene
{
    private readonly CachedCalls _forgetful;
    private readonly ToolCall _stored;
    private readonly ToolCall _unknown;

    private SharedCacheScene(CachedCalls forgetful, ToolCall stored, ToolCall unknown) => (_forgetful, _stored, _unknown) = (forgetful, stored, unknown);

    public static SharedCacheScene Over(string redis, GatewayState plain, string folder, Envelope message)
    {
        var options = Options.Create(new GatewayRedisOptions { Url = redis, Timeout = TimeSpan.FromSeconds(1) });
        var keeper = new RedisKeeper(options, TimeProvider.System, NullLogger<RedisKeeper>.Instance);
        var shared = new RedisResults(keeper, new DerivedKeys(RandomNumberGenerator.GetBytes(32)), options, TimeProvider.System);
        keeper.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        shared.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        if (!SpinWait.SpinUntil(() => keeper.Link is not null, TimeSpan.FromSeconds(5)))
        {
            throw new InvalidOperationException($"{CacheScene.RedisVariable} does not answer.");
        }

        var registry = Scenery.Registry(new Uri("http://127.0.0.1:1/mcp"), Scenery.Servers, Scenery.ToolsEach, kept: true);
        var state = plain with { Registry = RegistryState.Compile(registry, RegistryState.Empty) };
        ApiKeys.Authenticate(state, Scenery.Key, TimeProvider.System, out var caller);
        var store = new GatewayStateStore(new SnapshotFiles(Path.Combine(folder, "shared"), TimeProvider.System), new HotPath.Silence(), TimeProvider.System);
        var (stored, unknown) = (Call(message), Call(EnvelopeParser.Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"kept__echo","arguments":{"text":"unknown"}}}"""u8.ToArray()).Envelope!));
        CachedCalls Over(CacheBounds bounds) => new(new ResultCache(store, bounds, TimeProvider.System), TimeProvider.System, shared);

        // One gateway asks and stores; the other one has no room of its own.
        var first = Over(CacheBounds.Default);
        first.Run(stored, first.Of(stored)!, CacheScene.Fly, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var forgetful = Over(CacheBounds.Default with { MaxEntryBytes = 1 });
        var scene = new SharedCacheScene(forgetful, stored, unknown);
        SpinWait.SpinUntil(() => scene.IsStored(), TimeSpan.FromSeconds(5));
        return scene;

        ToolCall Call(Envelope envelope)
        {
            var call = AttemptScene.Call(state, caller!, envelope);
            var route = state.Registry.RoutesOf(Scenery.Tenant).Servers["kept"];
            (call.Route, call.Tool, call.Target) = (route, route.ByName["echo"], "echo");
            return call;
        }
    }

    public async ValueTask Hit()
    {
        if (!await Run(_stored))
        {
            throw new InvalidOperationException("Redis does not have what was stored there.");
        }
    }

    public async ValueTask Miss() => await Run(_unknown);

    private bool IsStored() => Run(_stored).AsTask().GetAwaiter().GetResult();

    private async ValueTask<bool> Run(ToolCall call)
    {
        var end = await _forgetful.Run(call, _forgetful.Of(call)!, CacheScene.Fly, CancellationToken.None);
        using var answer = CachedCalls.Answer(call, end!.Result!);
        return end.IsFromShared || call.Cache is { IsFromShared: true };
    }
}
