using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace McpPlatform.ServiceDefaults;

/// <summary>Starts the exporter with the host; disposing it at the end flushes what is left.</summary>
internal sealed class TelemetryLifetime(OpenTelemetrySdk sdk) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        sdk.Dispose();
        return Task.CompletedTask;
    }
}
