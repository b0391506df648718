using System.Diagnostics.Metrics;

namespace McpPlatform.Tracing;

/// <summary>What tracing stores and how far behind the gateways it is.</summary>
internal static class TracingMetrics
{
    private static readonly Meter Meter = new("McpPlatform.Tracing");
    private static readonly Counter<long> Stored = Meter.CreateCounter<long>("mcpp.tracing.records.stored", description: "Call records that were new.");
    private static readonly Counter<long> Repeated = Meter.CreateCounter<long>("mcpp.tracing.records.repeated", description: "Call records that were stored already.");
    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>("mcpp.tracing.batch.lag", "s", "From a batch's capture until it was written.");

    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("mcpp.dead_letters", description: "Messages that ended, by queue and kind.");

    public static void DeadLetterKept(string queue, string kind) => DeadLetters.Add(1, new KeyValuePair<string, object?>("queue", queue), new KeyValuePair<string, object?>("kind", kind));

    public static void BatchWritten(int stored, int repeated, TimeSpan lag)
    {
        Stored.Add(stored);
        Repeated.Add(repeated);
        Lag.Record(Math.Max(0, lag.TotalSeconds));
    }
}
