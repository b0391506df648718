using McpPlatform.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace McpPlatform.Standalone;

/// <summary>Waits until the platform can do its work, then prints addresses, a first request, and a client's configuration.</summary>
internal sealed class Welcome(HealthCheckService health, IOptions<ListenOptions> listen, PlatformFolders folders, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A third of a second: soon enough for a person, and nothing for the processor.
            while ((await health.CheckHealthAsync(stoppingToken)).Status == HealthStatus.Unhealthy)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), clock, stoppingToken);
            }

            await Console.Out.WriteLineAsync(Text());
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before it was ready.
        }
    }

    private string Text()
    {
        var host = listen.Value.Host is "0.0.0.0" or "*" or "::" ? "127.0.0.1" : listen.Value.Host;
        var address = $"http://{host}:{listen.Value.Port}";
        return $$"""

            McpPlatform is ready.

              MCP endpoint    {{address}}/mcp
              Management API  {{address}}/api/v1   (Swagger: {{address}}/swagger)
              Data and keys   {{folders.Root}}     (back up {{Path.Combine(folders.Root, "keys")}} apart from the database: without it stored credentials are lost)

            Try it (MCPP_KEY is your admin key; at the first start it is shown above or lies in {{Path.Combine(folders.Root, "bootstrap-admin-key")}}):

              curl -H "X-Api-Key: $MCPP_KEY" {{address}}/api/v1/servers

            A client's configuration:

              { "mcpServers": { "mcpplatform": { "type": "http", "url": "{{address}}/mcp", "headers": { "Authorization": "Bearer <your key>" } } } }

            Ctrl+C stops everything. Next: ./demo.sh shows a guided tour.

            """;
    }
}
