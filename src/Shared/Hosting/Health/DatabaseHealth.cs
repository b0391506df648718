using System.Data.Common;
using McpPlatform.Kernel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpPlatform.Hosting.Health;

/// <summary>Ready once the schema was seen to be current; afterwards the database itself is asked each time.</summary>
internal sealed class DatabaseHealth(IDatabaseMigrator database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!database.Ready.IsCompletedSuccessfully)
        {
            return HealthCheckResult.Unhealthy("The schema is not up to date yet, or the database cannot be reached. Run the migrate verb.");
        }

        try
        {
            return await database.IsCurrent(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Migrations are pending. Run the migrate verb.");
        }
        catch (Exception e) when (e is DbException or TimeoutException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }
}
