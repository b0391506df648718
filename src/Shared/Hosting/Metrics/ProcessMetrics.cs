using McpPlatform.ServiceDefaults;

namespace McpPlatform.Hosting.Metrics;

/// <summary>What one process has measured since it started.</summary>
/// <param name="Service"><c>gateway</c>, <c>policy</c>, …; <c>standalone</c> where everything is in one process.</param>
/// <param name="Instance">Host and process id: differs between processes of a service, and after each start.</param>
public sealed record ProcessMetrics(string Service, string Instance, IReadOnlyList<MetricFamily> Metrics);

/// <summary>Reads this process's metrics.</summary>
public sealed class ProcessMetricsReader(MetricStore store, HostShape shape)
{
    /// <summary>What this process is called in metrics.</summary>
    public string Service { get; } = shape.HostsEverything ? "standalone" : shape.Modules[0];

    public string Instance { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>All of them, or those of one name; empty when there is none of it.</summary>
    public ProcessMetrics Read(string? name) => new(Service, Instance, [.. store.Read().Where(family => name is null || family.Name == name)]);
}
