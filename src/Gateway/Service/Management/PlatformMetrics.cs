using System.Net.Http.Json;
using System.Text.Json;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Metrics;
using McpPlatform.ServiceDefaults;

namespace McpPlatform.Gateway.Management;

/// <summary>The metrics of this process and of the services in other processes, as one answer. What is away is named, and the rest is there.</summary>
internal sealed partial class PlatformMetrics(ProcessMetricsReader own, IHttpClientFactory clients, HostShape shape, TimeProvider time, ILogger<PlatformMetrics> logger)
{
    /// <summary>2 s: a person or a dashboard waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="name">Of the metric; null = all.</param>
    public async Task<MetricsView> Read(string? name, CancellationToken cancellationToken)
    {
        var asking = ManagementRoutes.Prefixes.Keys.Where(service => !shape.Hosts(service)).Select(service => Ask(service, name, cancellationToken)).ToArray();
        var mine = own.Read(name);
        (MetricsOrigin Origin, ProcessMetrics? Metrics)[] all = [(new MetricsOrigin(mine.Service, mine.Instance, null), mine), .. await Task.WhenAll(asking)];
        return new MetricsView([.. all.Select(a => a.Origin)], Merge(all.Select(a => a.Metrics).OfType<ProcessMetrics>()));
    }

    private static IReadOnlyList<MetricView> Merge(IEnumerable<ProcessMetrics> processes) =>
    [
        .. processes.SelectMany(process => process.Metrics.Select(family => (Process: process, Family: family)))
            .GroupBy(m => m.Family.Name, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => View(group.First().Family, [.. group.SelectMany(m => m.Family.Points.Select(point => View(m.Process, point)))])),
    ];

    private static MetricView View(MetricFamily family, IReadOnlyList<MetricPointView> points) => new(family.Name, family.Unit, family.Type, family.Description, points);

    private static MetricPointView View(ProcessMetrics process, MetricPoint point) =>
        new(process.Service, process.Instance, point.Attributes, point.Value, point.Count, point.Sum, point.Buckets);

    private async Task<(MetricsOrigin Origin, ProcessMetrics? Metrics)> Ask(string service, string? name, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var client = clients.CreateClient(service);
            var query = name is null ? "" : $"?name={Uri.EscapeDataString(name)}";
            var metrics = await client.GetFromJsonAsync<ProcessMetrics>($"internal/v1/metrics{query}", Json.Internal, both.Token) ?? throw new JsonException("It answered with nothing.");
            return (new MetricsOrigin(metrics.Service, metrics.Instance, null), metrics);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Away(logger, service, failure.Message);
            var error = failure is HttpRequestException { StatusCode: { } status } ? $"It answers {(int)status}."
                : failure is JsonException ? "Its answer cannot be read." : "It does not answer.";
            return (new MetricsOrigin(service, null, error), null);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The metrics of {Service} cannot be read ({Reason}); those of the others are shown.")]
    private static partial void Away(ILogger logger, string service, string reason);
}

/// <param name="Origins">The processes that were asked.</param>
/// <param name="Metrics">By name.</param>
internal sealed record MetricsView(IReadOnlyList<MetricsOrigin> Origins, IReadOnlyList<MetricView> Metrics);

/// <param name="Instance">Null when it did not answer.</param>
/// <param name="Error">Why nothing of it is here; null when all is.</param>
internal sealed record MetricsOrigin(string Service, string? Instance, string? Error);

/// <param name="Type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
internal sealed record MetricView(string Name, string Unit, string Type, string Description, IReadOnlyList<MetricPointView> Points);

/// <param name="Value">Of counters and gauges; null for histograms, which have the three that follow.</param>
/// <param name="Buckets">Cumulative.</param>
internal sealed record MetricPointView(
    string Service, string Instance, IReadOnlyDictionary<string, string> Attributes, double? Value, long? Count, double? Sum, IReadOnlyList<MetricBucket>? Buckets);
