using McpPlatform.Gateway.Telemetry;
using McpPlatform.ServiceDefaults;

namespace McpPlatform.Gateway.Infrastructure.Telemetry;

/// <summary>The histogram of stages, as whoever reads this process's metrics sees it.</summary>
internal sealed class StageMetrics : IMetricSource
{
    public string Name => GatewayMetrics.StageDurationName;

    public MetricFamily Read() => new(
        Name, "s", MetricFamily.Histogram, "Where the time of tool calls went; the stages of a call add up to its duration.",
        [.. Enum.GetValues<CallStage>().Select(stage => Point(stage, new Dictionary<string, string> { ["mcpp.stage"] = stage.ToString().ToLowerInvariant() }))]);

    internal static MetricPoint Point(CallStage? stage, IReadOnlyDictionary<string, string> attributes)
    {
        var read = GatewayMetrics.Stages.Read(stage);
        return new MetricPoint(attributes, Count: read.Count, Sum: read.Sum, Buckets: [.. read.Buckets.Select((count, i) => new MetricBucket(StageTimes.Bounds[i], count))]);
    }
}

/// <summary>The same of what the gateway adds.</summary>
internal sealed class OverheadMetrics : IMetricSource
{
    public string Name => GatewayMetrics.OverheadName;

    public MetricFamily Read() => new(
        Name, "s", MetricFamily.Histogram, "Duration of tool calls without the time at the upstream server.", [StageMetrics.Point(null, new Dictionary<string, string>())]);
}
