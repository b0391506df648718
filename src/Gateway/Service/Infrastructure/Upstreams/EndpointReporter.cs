using System.Net.Http.Json;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// Tells the registry how endpoints look from here, tenant by tenant: when a breaker changes, and every 20 s. Always everything, so nothing has to be kept
/// while the registry is away.
/// </summary>
internal sealed partial class EndpointReporter(GatewayStateStore store, CallSpool spool, IHttpClientFactory clients, TimeProvider time, ILogger<EndpointReporter> logger)
    : BackgroundService
{
    /// <summary>1 s: whoever looks sees an endpoint go within about that.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>20 s: what the registry has not heard of for a minute it does not show.</summary>
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(20);

    private readonly Dictionary<Guid, (long At, ReportedEndpoint[] Endpoints)> _sent = [];
    private bool _away;

    /// <summary>As reports and the status call it.</summary>
    public static string Name(EndpointRoute endpoint) => endpoint.IsForcedOpen ? "forced_open" : endpoint.State.Breaker.State switch
    {
        BreakerState.Open => "open",
        BreakerState.HalfOpen => "half_open",
        _ => "closed",
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Report(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task Report(CancellationToken cancellationToken)
    {
        foreach (var (tenant, routes) in store.Current.Registry.Tenants)
        {
            var endpoints = routes.Servers.Values.SelectMany(server => server.Endpoints).Where(IsKnown).Select(Reported).ToArray();
            var known = _sent.TryGetValue(tenant, out var last);
            if (known ? time.GetElapsedTime(last.At) < Repeat && last.Endpoints.SequenceEqual(endpoints) : endpoints.Length == 0)
            {
                continue;
            }

            if (!await TrySend(new EndpointReport(spool.GatewayId, tenant, endpoints), cancellationToken))
            {
                return;
            }

            _sent[tenant] = (time.GetTimestamp(), endpoints);
        }
    }

    // An endpoint that was never used here has no story.
    private bool IsKnown(EndpointRoute endpoint) => endpoint.IsForcedOpen || endpoint.State.Breaker.Failures > 0 || endpoint.State.WasUsed;

    private static ReportedEndpoint Reported(EndpointRoute endpoint) => new(endpoint.Server.ServerId, endpoint.Id, Name(endpoint), endpoint.State.Breaker.Failures);

    private async Task<bool> TrySend(EndpointReport report, CancellationToken cancellationToken)
    {
        try
        {
            using var http = clients.CreateClient("registry");
            using var response = await http.PostAsJsonAsync("internal/v1/registry/endpoint-reports", report, Json.Internal, cancellationToken);
            response.EnsureSuccessStatusCode();
            _away = false;
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (!_away)
            {
                _away = true;
                Away(logger, exception.Message);
            }

            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry does not take reports on endpoints ({Reason}); calls do not depend on them.")]
    private static partial void Away(ILogger logger, string reason);
}
