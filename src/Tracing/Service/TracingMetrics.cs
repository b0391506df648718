using System.Diagnostics.Metrics;

namespace McpPlatform.Tracing;

/// <summary>What tracing stores and how far behind the gateways it is.</summary>
internal static class TracingMetrics
{
    private static readonly Meter Meter = new("McpPlatform.Tracing");
    private static readonly Counter<long> Stored = Meter.CreateCounter<long>("mcpp.tracing.records.stored", "{record}", "Call records that were new.");
    private static readonly Counter<long> Repeated = Meter.CreateCounter<long>("mcpp.tracing.records.repeated", "{record}", "Call records that were stored already.");
    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>("mcpp.tracing.batch.lag", "s", "From a batch's capture until it was written.");

    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("mcpp.dead_letters", "{message}", "Messages that ended, by queue and kind.");

    private static long s_parked = -1;

    static TracingMetrics() => Meter.CreateObservableGauge("mcpp.dead_letters.parked", Waiting, "{message}", "Messages that ended and wait for somebody. Absent while they cannot be counted.");

    /// <summary>Messages that ended and wait for somebody, at the last count; null: it is not known.</summary>
    public static long? Parked
    {
        get => Interlocked.Read(ref s_parked) is var parked and >= 0 ? parked : null;
        set => Interlocked.Exchange(ref s_parked, value ?? -1);
    }

    public static void DeadLetterKept(string queue, string kind) => DeadLetters.Add(1, new KeyValuePair<string, object?>("queue", queue), new KeyValuePair<string, object?>("kind", kind));

    private static IEnumerable<Measurement<long>> Waiting() => Parked is { } parked ? [new(parked)] : [];

    public static void BatchWritten(int stored, int repeated, TimeSpan lag)
    {
        Stored.Add(stored);
        Repeated.Add(repeated);
        Lag.Record(Math.Max(0, lag.TotalSeconds));
    }
}
