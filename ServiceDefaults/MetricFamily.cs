namespace McpPlatform.ServiceDefaults;

/// <summary>An instrument and what it has measured so far, by attributes.</summary>
/// <param name="Name">As OpenTelemetry spells it, for example <c>mcp.server.operation.duration</c>.</param>
/// <param name="Unit">UCUM: <c>s</c>, <c>By</c>, <c>{call}</c>; empty where there is none.</param>
/// <param name="Type"><c>counter</c> (only grows, from the start of the process), <c>gauge</c> (as it is now) or <c>histogram</c>.</param>
/// <param name="Points">In no order; empty as long as nothing was measured.</param>
public sealed record MetricFamily(string Name, string Unit, string Type, string Description, IReadOnlyList<MetricPoint> Points)
{
    public const string Counter = "counter";
    public const string Gauge = "gauge";
    public const string Histogram = "histogram";
}

/// <summary>One series. A counter or gauge has a value, a histogram the three others.</summary>
/// <param name="Count">How many values were measured.</param>
/// <param name="Sum">Of these values.</param>
/// <param name="Buckets">Cumulative, by rising bounds; what is above the last bound is in <paramref name="Count"/> alone.</param>
public sealed record MetricPoint(IReadOnlyDictionary<string, string> Attributes, double? Value = null, long? Count = null, double? Sum = null, IReadOnlyList<MetricBucket>? Buckets = null);

/// <param name="Le">Upper bound, inclusive.</param>
/// <param name="Count">Values up to it.</param>
public readonly record struct MetricBucket(double Le, long Count);
