using System.Diagnostics.Metrics;
using McpPlatform.ServiceDefaults;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class PrometheusExporterTests
{
    [Fact]
    public async Task Counters_gauges_and_histograms_come_out_as_prometheus_text()
    {
        using var store = new MetricStore();
        await store.StartAsync(CancellationToken.None);
        var exporter = new PrometheusExporter(store);
        using var meter = new Meter("McpPlatform.Test");
        meter.CreateCounter<long>("test.calls").Add(2, new KeyValuePair<string, object?>("status", "o\"k"));
        meter.CreateObservableGauge("test.depth", () => 7);
        var duration = meter.CreateHistogram<double>("test.duration", "s");
        duration.Record(0.003);
        duration.Record(100);

        var text = exporter.Scrape();

        text.ShouldContain("# TYPE test_calls_total counter\ntest_calls_total{status=\"o\\\"k\"} 2\n");
        text.ShouldContain("test_depth 7\n");
        text.ShouldContain("test_duration_seconds_bucket{le=\"0.0025\"} 0\n");
        text.ShouldContain("test_duration_seconds_bucket{le=\"0.005\"} 1\n");
        text.ShouldContain("test_duration_seconds_bucket{le=\"+Inf\"} 2\n");
        text.ShouldContain("test_duration_seconds_count 2\n");
    }

    [Fact]
    public async Task Labels_without_end_are_dropped_and_counted()
    {
        using var store = new MetricStore();
        await store.StartAsync(CancellationToken.None);
        var exporter = new PrometheusExporter(store);
        using var meter = new Meter("McpPlatform.Flood");
        var counter = meter.CreateCounter<long>("flood.calls");

        for (var i = 0; i < 2005; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        exporter.Scrape().ShouldContain("mcpp_metrics_dropped_series_total 5\n");
    }
}
