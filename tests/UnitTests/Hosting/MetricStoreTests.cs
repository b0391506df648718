using System.Diagnostics.Metrics;
using McpPlatform.ServiceDefaults;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class MetricStoreTests : IAsyncLifetime
{
    private readonly string _prefix = $"t{Guid.NewGuid():n}";
    private readonly Meter _meter = new("McpPlatform.StoreTests");
    private readonly MetricStore _store = new();

    public async ValueTask InitializeAsync() => await _store.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        _meter.Dispose();
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void What_is_no_longer_observed_is_gone()
    {
        var servers = new List<string> { "a", "b" };
        _meter.CreateObservableGauge($"{_prefix}.health", () => servers.Select(s => new Measurement<int>(1, new KeyValuePair<string, object?>("server", s))));
        Points("health").Select(p => p.Attributes["server"]).ShouldBe(["a", "b"], ignoreOrder: true);

        servers.Remove("a");

        Points("health").Select(p => p.Attributes["server"]).ShouldBe(["b"]);
    }

    [Fact]
    public void A_histogram_has_the_bounds_that_it_advises_and_counts_up_to_them()
    {
        var histogram = _meter.CreateHistogram($"{_prefix}.size", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10] });
        foreach (var value in (double[])[0.5, 1, 2, 20])
        {
            histogram.Record(value);
        }

        var point = Points("size").ShouldHaveSingleItem();

        (point.Count, point.Sum, point.Value).ShouldBe((4, 23.5, null));
        point.Buckets.ShouldBe([new MetricBucket(1, 2), new MetricBucket(10, 3)]);
    }

    [Fact]
    public void Counters_add_up_and_gauges_show_the_last_value()
    {
        var counter = _meter.CreateCounter<long>($"{_prefix}.calls", "{call}", "Calls.");
        var gauge = _meter.CreateGauge<int>($"{_prefix}.depth");
        _meter.CreateObservableCounter($"{_prefix}.dropped", () => 7L);
        counter.Add(2);
        counter.Add(3);
        gauge.Record(5);
        gauge.Record(4);

        (Points("calls")[0].Value, Points("depth")[0].Value, Points("dropped")[0].Value).ShouldBe((5, 4, 7));
        Family("calls").ShouldBe(new MetricFamily($"{_prefix}.calls", "{call}", MetricFamily.Counter, "Calls.", []), new Heads());
        Family("depth").Type.ShouldBe(MetricFamily.Gauge);
        Family("dropped").Type.ShouldBe(MetricFamily.Counter);
    }

    [Fact]
    public void A_meter_that_is_disposed_takes_its_instruments_along_and_two_of_one_name_are_one()
    {
        using var other = new Meter("McpPlatform.StoreTests.Other");
        _meter.CreateCounter<long>($"{_prefix}.calls").Add(1, new KeyValuePair<string, object?>("of", "one"));
        other.CreateCounter<long>($"{_prefix}.calls").Add(1, new KeyValuePair<string, object?>("of", "other"));
        Points("calls").Select(p => p.Attributes["of"]).ShouldBe(["one", "other"], ignoreOrder: true);

        other.Dispose();

        Points("calls").Select(p => p.Attributes["of"]).ShouldBe(["one"]);
    }

    [Fact]
    public async Task A_histogram_that_is_kept_elsewhere_is_read_there_and_not_listened_to()
    {
        using var store = new MetricStore([new Elsewhere($"{_prefix}.own")]);
        await store.StartAsync(CancellationToken.None);
        _store.Dispose();
        var histogram = _meter.CreateHistogram<double>($"{_prefix}.own", "s");

        histogram.Enabled.ShouldBeFalse();
        store.Read().Single(f => f.Name == $"{_prefix}.own").Points.ShouldHaveSingleItem().Count.ShouldBe(42);
    }

    private MetricFamily Family(string name) => _store.Read().Single(f => f.Name == $"{_prefix}.{name}");

    private IReadOnlyList<MetricPoint> Points(string name) => Family(name).Points;

    private sealed class Elsewhere(string name) : IMetricSource
    {
        public string Name => name;

        public MetricFamily Read() => new(name, "s", MetricFamily.Histogram, "", [new MetricPoint(new Dictionary<string, string>(), Count: 42, Sum: 1, Buckets: [])]);
    }

    /// <summary>All but the points.</summary>
    private sealed class Heads : IEqualityComparer<MetricFamily>
    {
        public bool Equals(MetricFamily? x, MetricFamily? y) => (x?.Name, x?.Unit, x?.Type, x?.Description) == (y?.Name, y?.Unit, y?.Type, y?.Description);

        public int GetHashCode(MetricFamily obj) => obj.Name.GetHashCode(StringComparison.Ordinal);
    }
}
