using McpPlatform.Gateway.Caching;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.SharedResults;

/// <summary>The cache of results with the level that gateways share, where an operator set one.</summary>
internal static class SharedResultsSetup
{
    public static void Add(IServiceCollection services)
    {
        services.AddOptions<GatewayCacheOptions>().BindConfiguration(GatewayCacheOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<GatewayRedisOptions>().BindConfiguration(GatewayRedisOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => new ResultCache(
            p.GetRequiredService<State.GatewayStateStore>(), p.GetRequiredService<IOptions<GatewayCacheOptions>>().Value.Bounds, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RedisKeeper>();
        services.AddSingleton<RedisResults>();
        services.AddSingleton(p => new CachedCalls(p.GetRequiredService<ResultCache>(), p.GetRequiredService<TimeProvider>(), IsOn(p) ? p.GetRequiredService<RedisResults>() : null));
        services.AddHostedService(p => new Running(IsOn(p) ? [p.GetRequiredService<RedisKeeper>(), p.GetRequiredService<RedisResults>()] : []));
    }

    private static bool IsOn(IServiceProvider services) => services.GetRequiredService<IOptions<GatewayRedisOptions>>().Value.IsOn;

    /// <summary>Nothing runs where nothing is set.</summary>
    private sealed class Running(IHostedService[] parts) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(parts.Select(part => part.StartAsync(cancellationToken)));

        public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(parts.Select(part => part.StopAsync(cancellationToken)));
    }
}
