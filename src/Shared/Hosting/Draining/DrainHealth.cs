using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpPlatform.Hosting.Draining;

/// <summary>Not ready any more: load balancers go elsewhere.</summary>
internal sealed class DrainHealth(Drain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.HasBegun ? HealthCheckResult.Unhealthy("This process is being stopped; what runs is finished.") : HealthCheckResult.Healthy());
}
