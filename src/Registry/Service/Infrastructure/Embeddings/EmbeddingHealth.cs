using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpPlatform.Registry.Infrastructure.Embeddings;

/// <summary>Degraded while the provider does not embed definitions: everything works, and search is by words alone for what has no embedding.</summary>
internal sealed class EmbeddingHealth(EmbeddingProgress progress) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(progress.Failure is { } failure
        ? HealthCheckResult.Degraded($"The embedding provider {failure}: {progress.Waiting} definitions are found by words alone.")
        : HealthCheckResult.Healthy());
}
