using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace McpPlatform.ServiceDefaults;

/// <summary>
/// Prometheus text (exposition format 0.0.4) of this process's meters: ours (<c>McpPlatform.*</c>), requests (<c>Microsoft.AspNetCore.Hosting</c>) and
/// the runtime. Counters and gauges as they are, histograms with fixed buckets. At most 2000 series per instrument: beyond that a new
/// combination of labels is dropped and counted, so that labels cannot exhaust memory.
/// </summary>
public sealed class PrometheusExporter : IHostedService, IDisposable
{
    private const int MaxSeries = 2000;

    /// <summary>Seconds: 0.5 ms to 30 s, the range between a local call and the first-byte limit.</summary>
    private static readonly double[] Buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Where a thread spells the labels of a measurement; a series is found by them without making a string.</summary>
    [ThreadStatic]
    private static StringBuilder? s_labels;

    /// <summary>Of labels: a few dozen, all of them in our own code.</summary>
    private static readonly ConcurrentDictionary<string, string> s_names = new(StringComparer.Ordinal);

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _instruments = new();
    private long _droppedSeries;

    public PrometheusExporter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsExported(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Record(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Record(i, value, tags));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>All series now, sorted by name.</summary>
    public string Scrape()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(4096);
        // ToArray takes one consistent look; sorting a dictionary that grows meanwhile would throw.
        foreach (var (instrument, series) in _instruments.ToArray().OrderBy(i => i.Key.Name, StringComparer.Ordinal))
        {
            Write(text, instrument, series);
        }

        text.Append("# TYPE mcpp_metrics_dropped_series_total counter\nmcpp_metrics_dropped_series_total ")
            .Append(CultureInfo.InvariantCulture, $"{Interlocked.Read(ref _droppedSeries)}\n");
        return text.ToString();
    }

    private static bool IsExported(string meter) =>
        meter.StartsWith("McpPlatform", StringComparison.Ordinal) || meter is "Microsoft.AspNetCore.Hosting" or "System.Runtime";

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = _instruments.GetOrAdd(instrument, static _ => new());
        var labels = Labels(tags);
        if (Find(all, labels) is not { } series)
        {
            if (all.Count >= MaxSeries)
            {
                Interlocked.Increment(ref _droppedSeries);
                return;
            }

            series = all.GetOrAdd(labels.ToString(), static (_, i) => new Series(IsHistogram(i) ? Buckets.Length + 1 : 0, IsSum(i)), instrument);
        }

        series.Record(value);
    }

    private static Series? Find(ConcurrentDictionary<string, Series> all, StringBuilder labels)
    {
        var chunks = labels.GetChunks();
        var first = chunks.MoveNext() ? chunks.Current.Span : default;
        return first.Length == labels.Length
            ? all.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(first, out var series) ? series : null
            : all.GetValueOrDefault(labels.ToString());
    }

    private static bool IsSum(Instrument instrument) =>
        instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) || instrument.GetType().Name.StartsWith("UpDownCounter", StringComparison.Ordinal);

    private static bool IsHistogram(Instrument instrument) => instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);

    private static bool IsCounter(Instrument instrument) =>
        instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) || instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal);

    private static void Write(StringBuilder text, Instrument instrument, ConcurrentDictionary<string, Series> all)
    {
        var name = Name(instrument);
        var type = IsHistogram(instrument) ? "histogram" : IsCounter(instrument) ? "counter" : "gauge";
        if (instrument.Description is { Length: > 0 } description)
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(description.Replace('\n', ' ')).Append('\n');
        }

        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (var (labels, series) in all.ToArray().OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            series.Write(text, name, labels, IsHistogram(instrument) ? Buckets : null);
        }
    }

    private static string Name(string text) => string.Create(text.Length, text, static (name, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            name[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
        }
    });

    private static string Name(Instrument instrument)
    {
        var name = new StringBuilder(Name(instrument.Name), instrument.Name.Length + 16);
        if (instrument.Unit is "s" or "By")
        {
            name.Append(instrument.Unit == "s" ? "_seconds" : "_bytes");
        }

        return IsCounter(instrument) ? name.Append("_total").ToString() : name.ToString();
    }

    private static StringBuilder Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = (s_labels ??= new StringBuilder(512)).Clear();
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(s_names.GetOrAdd(key, static name => Name(name))).Append("=\"");
            var spelled = value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            if (!spelled.AsSpan().ContainsAny('\\', '"', '\n'))
            {
                text.Append(spelled).Append('"');
                continue;
            }

            foreach (var c in spelled)
            {
                _ = c switch
                {
                    '\\' => text.Append(@"\\"),
                    '"' => text.Append("\\\""),
                    '\n' => text.Append("\\n"),
                    _ => text.Append(c),
                };
            }

            text.Append('"');
        }

        return text;
    }

    /// <summary>One series. Measuring takes no lock; a scrape may see a measurement's bucket before its sum.</summary>
    private sealed class Series(int buckets, bool isSum)
    {
        private readonly long[] _buckets = new long[buckets];
        private double _value;
        private long _count;

        public void Record(double value)
        {
            if (!isSum && _buckets.Length == 0)
            {
                Volatile.Write(ref _value, value);
                return;
            }

            Add(value);
            Interlocked.Increment(ref _count);
            if (_buckets.Length > 0)
            {
                var index = Array.BinarySearch(Buckets, value);
                Interlocked.Increment(ref _buckets[index >= 0 ? index : ~index]);
            }
        }

        public void Write(StringBuilder text, string name, string labels, double[]? bounds)
        {
            var braces = labels.Length == 0 ? "" : $"{{{labels}}}";
            if (bounds is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{braces} {Volatile.Read(ref _value)}\n");
                return;
            }

            var comma = labels.Length == 0 ? "" : ",";
            long sum = 0;
            for (var i = 0; i < _buckets.Length; i++)
            {
                sum += Volatile.Read(ref _buckets[i]);
                var bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {sum}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {Volatile.Read(ref _value)}\n{name}_count{braces} {Volatile.Read(ref _count)}\n");
        }

        private void Add(double value)
        {
            var seen = Volatile.Read(ref _value);
            while (true)
            {
                var before = Interlocked.CompareExchange(ref _value, seen + value, seen);
                if (before.Equals(seen))
                {
                    return;
                }

                seen = before;
            }
        }
    }
}
