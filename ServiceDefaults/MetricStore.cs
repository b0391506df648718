using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace McpPlatform.ServiceDefaults;

/// <summary>
/// What this process's meters have measured: ours (<c>McpPlatform.*</c>), requests (<c>Microsoft.AspNetCore.Hosting</c>) and the runtime. At most 2000 series
/// per instrument: beyond that a new combination of attributes is dropped and counted, so that attributes cannot exhaust memory. Counters and histograms keep their
/// series; those of observable instruments go with what they observe.
/// </summary>
public sealed class MetricStore : IHostedService, IDisposable
{
    /// <summary>What was dropped, as an instrument of its own.</summary>
    public const string DroppedSeries = "mcpp.metrics.dropped_series";

    private const int MaxSeries = 2000;

    /// <summary>Seconds: 0.5 ms to 30 s, the range between a local call and the first-byte limit. For histograms that advise no bounds.</summary>
    private static readonly double[] DefaultBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Where a thread spells the attributes of a measurement; a series is found by them without making a string.</summary>
    [ThreadStatic]
    private static StringBuilder? s_key;

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Entry> _entries = new();
    private readonly IReadOnlyList<IMetricSource> _sources;
    private readonly Lock _reader = new();
    private long _reading;
    private long _droppedSeries;

    public MetricStore(IEnumerable<IMetricSource>? sources = null)
    {
        _sources = [.. sources ?? []];
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsKept(instrument.Meter.Name) && !_sources.Any(s => s.Name == instrument.Name))
            {
                listener.EnableMeasurementEvents(instrument, _entries.GetOrAdd(instrument, static i => new Entry(i)));
            }
        };
        _listener.MeasurementsCompleted = (instrument, entry) => _entries.TryRemove(new(instrument, (Entry)entry!));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, entry) => Record(entry, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, entry) => Record(entry, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, entry) => Record(entry, value, tags));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>All instruments now, sorted by name; instruments of one name are one.</summary>
    public IReadOnlyList<MetricFamily> Read()
    {
        lock (_reader)
        {
            _reading++;
            _listener.RecordObservableInstruments();

            // ToArray takes one consistent look; sorting a dictionary that grows meanwhile would throw.
            var families = _entries.ToArray().Select(e => e.Value.Read(_reading)).Concat(_sources.Select(s => s.Read())).Append(Dropped());
            return [.. families.GroupBy(f => f.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.First() with { Points = [.. g.SelectMany(f => f.Points)] })];
        }
    }

    private static bool IsKept(string meter) =>
        meter.StartsWith("McpPlatform", StringComparison.Ordinal) || meter is "Microsoft.AspNetCore.Hosting" or "System.Runtime";

    private MetricFamily Dropped() => new(
        DroppedSeries, "{series}", MetricFamily.Counter, "Combinations of attributes that were dropped because their instrument had 2000 already.",
        [new MetricPoint(MetricAttributes.None, Value: Interlocked.Read(ref _droppedSeries))]);

    private void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var entry = (Entry)state!;
        var key = Key(tags);
        if (entry.Find(key) is not { } series)
        {
            if (entry.Series.Count >= MaxSeries)
            {
                Interlocked.Increment(ref _droppedSeries);
                return;
            }

            series = entry.Series.GetOrAdd(key.ToString(), entry.Make(MetricAttributes.Of(tags)));
        }

        series.Record(value);
        if (entry.IsObservable)
        {
            // On the reader's own thread, under its lock.
            series.Reading = _reading;
        }
    }

    private static StringBuilder Key(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = (s_key ??= new StringBuilder(512)).Clear();
        foreach (var (name, value) in tags)
        {
            // Neither separator occurs in names, slugs or codes of ours; a tool's name that has one could at worst share another one's series.
            text.Append(name).Append('\u001f').Append(MetricAttributes.Spell(value)).Append('\u001e');
        }

        return text;
    }

    /// <summary>An instrument with its series.</summary>
    private sealed class Entry(Instrument instrument)
    {
        private readonly string _type = instrument.GetType().Name is var type && type.StartsWith("Histogram", StringComparison.Ordinal) ? MetricFamily.Histogram
            : type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? MetricFamily.Counter
            : MetricFamily.Gauge;

        private readonly bool _adds = instrument is { IsObservable: false } && !instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);

        private readonly double[]? _bounds = instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal)
            ? (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds
            : null;

        public ConcurrentDictionary<string, MetricSeries> Series { get; } = new(StringComparer.Ordinal);

        public bool IsObservable => instrument.IsObservable;

        public MetricSeries Make(IReadOnlyDictionary<string, string> attributes) => new(attributes, _bounds, _adds);

        public MetricSeries? Find(StringBuilder key)
        {
            var chunks = key.GetChunks();
            var first = chunks.MoveNext() ? chunks.Current.Span : default;
            return first.Length == key.Length
                ? Series.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(first, out var series) ? series : null
                : Series.GetValueOrDefault(key.ToString());
        }

        public MetricFamily Read(long reading)
        {
            if (IsObservable)
            {
                foreach (var gone in Series.Where(s => s.Value.Reading != reading).ToArray())
                {
                    Series.TryRemove(gone);
                }
            }

            return new MetricFamily(instrument.Name, instrument.Unit ?? "", _type, instrument.Description ?? "", [.. Series.ToArray().Select(s => s.Value.Read())]);
        }
    }
}
