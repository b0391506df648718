namespace McpPlatform.ServiceDefaults;

/// <summary>
/// A histogram that is kept by whoever measures, because telling a listener of each value would cost more than what is measured. It is read in the place of the instrument of its name.
/// </summary>
public interface IMetricSource
{
    /// <summary>Of the instrument.</summary>
    string Name { get; }

    /// <summary>What was measured so far. Values that are being measured meanwhile may be in it in part.</summary>
    MetricFamily Read();
}
