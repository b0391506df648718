using McpPlatform.Gateway.State;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure;

/// <summary>Ready with a snapshot of both sources; degraded when one could not be confirmed for a while; unhealthy once calls are denied for it.</summary>
internal sealed class GatewayHealth(GatewayStateStore store, IOptions<GatewayOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var state = store.Current;
        if (!state.IsReady)
        {
            return HealthCheckResult.Unhealthy("No snapshot of policy and registry yet: nobody can be authenticated.");
        }

        var age = store.PolicyAge(state);
        if (age > options.Value.MaxStaleness)
        {
            return HealthCheckResult.Unhealthy("The policy could not be confirmed for longer than Gateway__MaxStaleness: calls are denied.");
        }

        return age > options.Value.PollInterval * 5 || store.RegistryAge(state) > options.Value.PollInterval * 5
            ? HealthCheckResult.Degraded("Policy or registry do not answer; the last snapshot rules.")
            : HealthCheckResult.Healthy();
    }
}
