using McpPlatform.Hosting.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpPlatform.Hosting.Health;

/// <summary><c>GET /health</c>: 200 when every component works, else 503. The status alone is open; components and uptime need a valid key.</summary>
internal static class HealthEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/health", Report).AllowAnonymous().WithTags("Operations").WithSummary("Whether this process can do its work; with a key, also per component.");

    private static async Task<Microsoft.AspNetCore.Http.IResult> Report(HttpContext context, HealthCheckService health, ProcessStart start, CancellationToken ct)
    {
        var withDetails = context.Features.Get<Caller>() is not null;
        var report = await health.CheckHealthAsync(check => withDetails || !check.Tags.Contains(HealthTags.Detail), ct);
        var status = report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        if (!withDetails)
        {
            return TypedResults.Json(new HealthStatusBody(Name(report.Status)), statusCode: status);
        }

        var components = report.Entries
            .OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new HealthComponent(e.Key, Name(e.Value.Status), e.Value.Description ?? ""))
            .ToArray();
        return TypedResults.Json(new HealthBody(Name(report.Status), (long)start.Uptime.TotalSeconds, start.Version, components), statusCode: status);
    }

    private static string Name(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}

/// <summary>What everybody may know.</summary>
internal sealed record HealthStatusBody(string Status);

/// <param name="Status"><c>healthy</c>, <c>degraded</c> (works, but somebody should look) or <c>unhealthy</c>.</param>
/// <param name="UptimeSeconds">Since the process started.</param>
internal sealed record HealthBody(string Status, long UptimeSeconds, string Version, IReadOnlyList<HealthComponent> Components);

internal sealed record HealthComponent(string Name, string Status, string Description);

/// <summary>When this process began.</summary>
internal sealed class ProcessStart(TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();

    public TimeSpan Uptime => clock.GetElapsedTime(_started);

    public string Version { get; } = typeof(ProcessStart).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
