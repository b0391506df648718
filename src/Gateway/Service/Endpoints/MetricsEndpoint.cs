using McpPlatform.Gateway.Management;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>The platform's metrics as JSON, for callers of the default tenant only: names of all tenants' servers are in them.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/v1/admin/metrics", Read).RequirePermission(Permissions.MetricsRead).PlatformOnly().WithTags("Operations")
            .WithRequestTimeout("management")
            .WithSummary("What this gateway and the other services have measured; ?name= for one metric.");

    private static async Task<Results<Ok<MetricsView>, ErrorResult>> Read(HttpContext http, PlatformMetrics metrics, CancellationToken ct, string? name = null)
    {
        if (Problems(http.Request.Query) is { Count: > 0 } details)
        {
            return Error.Invalid("request.invalid", "The request breaks a rule; see details for each field.", details).ToResult();
        }

        var view = await metrics.Read(name, ct);
        return name is not null && view.Metrics.Count == 0 && view.Origins.All(origin => origin.Error is null)
            ? Error.NotFound("metric.unknown", $"There is no metric '{name}'. Names are spelled as OpenTelemetry does, for example mcp.server.operation.duration.").ToResult()
            : TypedResults.Ok(view);
    }

    /// <summary>A mistyped filter would silently answer with everything.</summary>
    private static List<ErrorDetail> Problems(IQueryCollection query)
    {
        var details = new List<ErrorDetail>();
        foreach (var (parameter, values) in query)
        {
            if (!string.Equals(parameter, "name", StringComparison.OrdinalIgnoreCase))
            {
                details.Add(new ErrorDetail(parameter, "is no parameter of this address; it takes name"));
            }
            else if (values is not [{ Length: > 0 and <= 200 }])
            {
                details.Add(new ErrorDetail(parameter, "must be given once and have 1 to 200 characters"));
            }
        }

        return details;
    }
}
