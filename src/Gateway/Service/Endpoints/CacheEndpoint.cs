using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Infrastructure.SharedResults;
using McpPlatform.Gateway.Spool;
using McpPlatform.Hosting.Security;
using McpPlatform.PolicyEngine;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>What this gateway keeps for the caller's tenant. That it be forgotten is ordered at the registry, for every gateway.</summary>
internal static class CacheEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/v1/admin/cache", Show).WithTags("Cache").RequirePermission(Permissions.ServersRead)
            .WithSummary("What the gateway that answers keeps of your servers' results: entries, bytes, and since its start hits, misses, coalesced requests, evictions.");

    private static CacheView Show(HttpContext http, ResultCache cache, CachedCalls calls, CallSpool spool, RedisKeeper redis, IOptions<GatewayRedisOptions> options)
    {
        var tenant = http.Caller().TenantId;
        var (own, bounds) = (cache.StatisticsOf(tenant), cache.Bounds);
        return new CacheView(
            spool.GatewayId, own.Entries, own.Bytes, Math.Min(bounds.MaxBytesPerTenant, bounds.MaxBytes), own.Hits, own.Misses, own.Coalesced, calls.Waiting(tenant), Math.Round(own.HitRatio, 4), own.Evictions, own.Invalidated,
            options.Value.IsOn ? new SharedLevelView(redis.RoundTrip is not null, redis.RoundTrip is { } time ? Math.Round(time.TotalMilliseconds, 2) : null, own.SharedHits) : null);
    }
}

/// <summary>Of the caller's tenant, at one gateway; counts are since its start.</summary>
/// <param name="MaxBytes">Of one tenant; 0 = nothing is kept.</param>
/// <param name="Misses">Requests that went to the server although their answer could have been kept.</param>
/// <param name="Coalesced">Requests that got the answer to an equal one under way.</param>
/// <param name="Waiting">Requests that wait for an equal one now.</param>
/// <param name="HitRatio">Hits and coalesced requests, of all of the three.</param>
/// <param name="Evictions">Left to make room.</param>
/// <param name="Invalidated">Left because a server, its declaration or a resource changed, or somebody ordered it.</param>
/// <param name="Shared">The level that gateways share; null = there is none.</param>
internal sealed record CacheView(
    string GatewayId, int Entries, long Bytes, long MaxBytes, long Hits, long Misses, long Coalesced, int Waiting, double HitRatio, long Evictions, long Invalidated, SharedLevelView? Shared);

/// <param name="Reachable">Now.</param>
/// <param name="RoundTripMs">As last measured; null while it is away.</param>
/// <param name="Hits">Of the hits, those that another gateway's results made.</param>
internal sealed record SharedLevelView(bool Reachable, double? RoundTripMs, long Hits);
