using McpPlatform.Hosting.Security;
using McpPlatform.PolicyEngine;
using McpPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace McpPlatform.Hosting.Metrics;

/// <summary>What this process has measured: as Prometheus text for operators, and as JSON for the gateway that shows it with its own. Names of all tenants' servers are in it.</summary>
internal static class MetricsEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/metrics", static (PrometheusExporter exporter) => TypedResults.Text(exporter.Scrape(), "text/plain; version=0.0.4"))
            .RequirePermission(Permissions.MetricsRead).PlatformOnly().ExcludeFromDescription();
        endpoints.MapGet("/internal/v1/metrics", static (ProcessMetricsReader reader, string? name = null) => TypedResults.Ok(reader.Read(name)))
            .InternalOnly().WithRequestTimeout("management");
    }
}
