using McpPlatform.Hosting;
using McpPlatform.Hosting.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpPlatform.Gateway.Management;

/// <summary>
/// How a service in another process is, for people who look at the gateway's health with a key. Its absence degrades the gateway at most: calls go on without it.
/// </summary>
internal sealed class RemoteServiceHealth(string service, IHttpClientFactory clients) : IHealthCheck
{
    /// <summary>2 s: a person waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Add(IServiceCollection services) =>
        services.AddOptions<HealthCheckServiceOptions>().PostConfigure<HostShape, IHttpClientFactory>(static (health, shape, clients) =>
        {
            foreach (var service in ManagementRoutes.Prefixes.Keys.Where(s => !shape.Hosts(s)))
            {
                health.Registrations.Add(new HealthCheckRegistration($"service-{service}", new RemoteServiceHealth(service, clients), failureStatus: null, [HealthTags.Detail]));
            }
        });

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var client = clients.CreateClient(service);
            using var response = await client.GetAsync("health", patience.Token);
            return response.IsSuccessStatusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded($"It answers {(int)response.StatusCode}; its part of the management API is not available, calls go on.");
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Degraded("It does not answer; its part of the management API is not available, calls go on by the last snapshot.");
        }
    }
}
