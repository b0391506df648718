using McpPlatform.Messaging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpPlatform.Hosting.Health;

/// <summary>A bus that is away degrades: events wait in outbox and spool, polling goes on.</summary>
internal sealed class BusHealth(IEventBus bus) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(bus.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("The bus is not connected; events wait and snapshots are polled."));
}
