using System.Diagnostics.Metrics;
using McpPlatform.Gateway.Telemetry;

namespace McpPlatform.Gateway.Infrastructure.SharedResults;

/// <summary>What became of looks into the level that gateways share, and of what was to be stored there.</summary>
internal sealed class SharedResultsMetrics : IDisposable
{
    private readonly Meter _meter = new(GatewayMetrics.Name);
    private readonly Counter<long> _looks;
    private readonly Counter<long> _stores;
    private readonly Histogram<double> _duration;

    /// <param name="isReachable">Asked whenever somebody reads it.</param>
    public SharedResultsMetrics(Func<bool> isReachable)
    {
        _looks = _meter.CreateCounter<long>("mcpp.gateway.cache.shared.requests", "{request}", "Looks into the shared level of the cache, by what became of them: hit, miss, unreadable, timeout, failed, away.");
        _stores = _meter.CreateCounter<long>("mcpp.gateway.cache.shared.stores", "{result}", "Results for the shared level of the cache, by what became of them: stored, large, dropped, failed, away.");
        _duration = _meter.CreateHistogram(
            "mcpp.gateway.cache.shared.duration", "s", "How long calls waited for the shared level of the cache.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5] });
        _meter.CreateObservableGauge("mcpp.gateway.cache.shared.reachable", () => isReachable() ? 1 : 0, description: "1 while the shared level of the cache answers.");
    }

    public void Looked(string outcome) => _looks.Add(1, new KeyValuePair<string, object?>("mcpp.outcome", outcome));

    public void Looked(string outcome, TimeSpan took)
    {
        Looked(outcome);
        _duration.Record(took.TotalSeconds);
    }

    public void Stored(string outcome) => _stores.Add(1, new KeyValuePair<string, object?>("mcpp.outcome", outcome));

    public void Dispose() => _meter.Dispose();
}
