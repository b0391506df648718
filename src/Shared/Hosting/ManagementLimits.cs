using System.Globalization;
using System.Threading.RateLimiting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting;

/// <summary>Rate and time limits of the management API. MCP endpoints have the gateway's own.</summary>
internal static class ManagementLimits
{
    public static void Add(IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<LimitOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, limits.Value));
            limiter.OnRejected = static (rejected, _) => Refuse(rejected);
        });
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<LimitOptions>>((timeouts, limits) =>
            timeouts.AddPolicy(TimeoutPolicy, limits.Value.RequestTimeout));
    }

    /// <summary>Name of the time limit that endpoints of the management API get.</summary>
    public const string TimeoutPolicy = "management";

    private static RateLimitPartition<string> Partition(HttpContext context, LimitOptions limits)
    {
        // What another process of ours forwards was counted there.
        if (!(context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/v0.1") || context.Request.Path.StartsWithSegments("/v1")) || context.Features.Get<Caller>() is { Service: not null })
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        var who = context.Features.Get<Caller>()?.KeyId?.ToString() ?? $"address:{context.Connection.RemoteIpAddress}";
        return RateLimitPartition.GetTokenBucketLimiter(who, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.RequestsPerSecond + limits.Burst,
            TokensPerPeriod = Math.Max(1, limits.RequestsPerSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            QueueLimit = 0,
        });
    }

    private static async ValueTask Refuse(OnRejectedContext rejected)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        rejected.HttpContext.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        await rejected.HttpContext.WriteError(Error.TooManyRequests(
            "rate_limited",
            "Too many requests with this key (options Limits__RequestsPerSecond and Limits__Burst). Wait as long as Retry-After says."));
    }
}
