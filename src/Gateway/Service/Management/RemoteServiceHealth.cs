using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpPlatform.Gateway.Management;

/// <summary>
/// How a service in another process is, for people who look at the gateway's health with a key: whether it answers, takes this gateway's credential, has the same time, and is well itself.
/// Its absence degrades the gateway at most: calls go on without it.
/// </summary>
internal sealed class RemoteServiceHealth(string service, IHttpClientFactory clients, TimeProvider time) : IHealthCheck
{
    /// <summary>2 s: a person waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Half of what a token between services lives: there is time left to see to it.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    public static void Add(IServiceCollection services) =>
        services.AddOptions<HealthCheckServiceOptions>().PostConfigure<HostShape, IHttpClientFactory, TimeProvider>(static (health, shape, clients, time) =>
        {
            foreach (var service in ManagementRoutes.Prefixes.Keys.Where(s => !shape.Hosts(s)))
            {
                health.Registrations.Add(new HealthCheckRegistration($"service-{service}", new RemoteServiceHealth(service, clients, time), failureStatus: null, [HealthTags.Detail]));
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
            var components = await Components(response, patience.Token);
            return response.Headers.Date is { } there && (time.GetUtcNow() - there).Duration() is var apart && apart > ClockTolerance
                ? HealthCheckResult.Degraded(string.Create(CultureInfo.InvariantCulture, $"Its clock and this gateway's are {apart.TotalSeconds:0} s apart; over 60 s neither takes the other's credential."))
                : response.IsSuccessStatusCode
                ? components is null ? HealthCheckResult.Degraded("It does not take this gateway's credential: it was started with another MCPP_INTERNAL_KEY.")
                : Poorly(components) is { } poorly ? HealthCheckResult.Degraded(poorly) : HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded($"It answers {(int)response.StatusCode}{Unwell(components)}; its part of the management API is not available, calls go on.");
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Degraded("It does not answer; its part of the management API is not available, calls go on by the last snapshot.");
        }
    }

    /// <summary>What it says of its parts; null when it does not say, as to somebody whom it does not know.</summary>
    private static async Task<JsonArray?> Components(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken) as JsonObject)?["components"] as JsonArray;
        }
        catch (JsonException)
        {
            // Something else answers at its address; its status says enough.
            return null;
        }
    }

    /// <summary>What works, but somebody should look at; bus and drain are this process's own matter as well, or pass.</summary>
    private static string? Poorly(JsonArray components) => components
        .Where(component => (string?)component?["status"] == "degraded" && (string?)component["name"] is not ("bus" or "drain"))
        .Select(component => (string?)component!["description"]).FirstOrDefault();

    private static string Unwell(JsonArray? components)
    {
        var unwell = (components ?? []).Where(component => (string?)component?["status"] == "unhealthy").Select(component => $"{component!["name"]}: {component["description"]}").ToList();
        return unwell.Count == 0 ? "" : $" ({string.Join(' ', unwell).TrimEnd('.')})";
    }
}
