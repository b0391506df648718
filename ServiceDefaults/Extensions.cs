using System.Diagnostics;
using System.Reflection;
using McpPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every process has, whatever it serves: telemetry, logs, metrics, liveness.</summary>
public static class Extensions
{
    /// <summary>
    /// JSON logs on standard error with scopes (request and trace ids), metrics as Prometheus text, OpenTelemetry export when
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddJsonConsole(console =>
        {
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        builder.Services.Configure<Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        // /health says it, to whoever asks; during a start every look would log an error.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddFilter("MassTransit", LogLevel.Warning);
        builder.Services.AddSingleton<IExternalScopeProvider, TraceScopes>();
        builder.Services.AddHealthChecks();
        builder.AddTraceContext();
        builder.Services.AddSingleton<MetricStore>();
        builder.Services.AddHostedService(p => p.GetRequiredService<MetricStore>());
        builder.Services.AddSingleton<PrometheusExporter>();
        builder.AddOpenTelemetryExport();
        return builder;
    }

    /// <summary>Maps <c>/alive</c>: 200 as long as the process answers. Open to everybody and never traced.</summary>
    public static IEndpointRouteBuilder MapDefaultEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/alive", static () => "alive").AllowAnonymous().ExcludeFromDescription();
        return endpoints;
    }

    // Both: ASP.NET takes the registered one, HTTP clients take the process's.
    private static void AddTraceContext(this IHostApplicationBuilder builder)
    {
        var context = new TraceContext();
        builder.Services.AddSingleton<DistributedContextPropagator>(context);
        DistributedContextPropagator.Current = context;
        ActivitySource.AddActivityListener(TraceContext.Always());
    }

    private static void AddOpenTelemetryExport(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        var version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3);
        builder.Services.AddSingleton(_ => OpenTelemetrySdk.Create(telemetry => telemetry
            .ConfigureResource(r => r.AddService(builder.Environment.ApplicationName, serviceVersion: version))
            .WithTracing(t => t.AddSource("Microsoft.AspNetCore", "System.Net.Http", "MassTransit", "Npgsql", "McpPlatform.*"))
            .WithMetrics(m => m.AddMeter("Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime", "McpPlatform.*"))
            .UseOtlpExporter()));
        builder.Services.AddHostedService<TelemetryLifetime>();
    }
}
