using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// Asks endpoints whether they are there: those that are left alone, so that they come back without a caller's risk, and those with a standing connection on
/// which nothing was answered lately, so that they go before a caller notices. A question goes over the connection that calls use, as a ping or a discovery: it
/// opens no session and ends none. A server that nobody uses is not started for it.
/// </summary>
internal sealed class EndpointProber(GatewayStateStore store, UpstreamPool pool, ToolAttempts attempts, IOptions<GatewayOptions> options, TimeProvider time) : BackgroundService
{
    /// <summary>5 s: who takes longer for a ping is slow, which is not the same as down.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Endpoints asked at the same time.</summary>
    private const int AtOnce = 8;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                // Varied by a quarter, so that replicas do not ask in step.
                await Task.Delay(options.Value.ProbeInterval * (0.75 + (Random.Shared.NextDouble() / 2)), time, stoppingToken);
                var due = store.Current.Registry.Tenants.Values.SelectMany(tenant => tenant.Servers.Values).SelectMany(server => server.Endpoints).Where(IsDue);
                await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, Probe);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private bool IsDue(EndpointRoute endpoint) => !endpoint.IsForcedOpen && (endpoint.State.Breaker.State != BreakerState.Closed
        ? endpoint.Connection.Transport != "stdio" && endpoint.State.Breaker.Admits(time)
        : endpoint.State.WasQuiet() && pool.Peek(endpoint) is not null);

    private async ValueTask Probe(EndpointRoute endpoint, CancellationToken cancellationToken)
    {
        if (!endpoint.State.TryBeginProbe())
        {
            return;
        }

        try
        {
            await Ask(endpoint, cancellationToken);
        }
        finally
        {
            endpoint.State.EndProbe();
        }
    }

    private async Task Ask(EndpointRoute endpoint, CancellationToken cancellationToken)
    {
        var wasClosed = endpoint.State.Breaker.State == BreakerState.Closed;
        if (!endpoint.State.Breaker.TryEnter(attempts.Rules, time))
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), limit, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            if (wasClosed)
            {
                if (pool.Peek(endpoint) is not { } standing)
                {
                    return;
                }

                await Ask(standing, limit.Token);
            }
            else
            {
                using var lease = await pool.Look(endpoint, limit.Token);
                await Ask(lease.Connection, limit.Token);
            }

            attempts.Answered(endpoint);

            // An answer to us is no answer to a caller: it is asked again next time.
            _ = endpoint.State.WasQuiet();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Slow is not down as long as it answers calls; one that is left alone has to be quick once.
            if (!wasClosed)
            {
                attempts.Failed(endpoint);
            }
        }
        catch (Exception exception) when (CallFailure.Of(exception) is { } failure)
        {
            if (failure.IsEndpointsFault(AttemptTimers.Default))
            {
                attempts.Failed(endpoint);
            }
            else
            {
                attempts.Answered(endpoint);
            }
        }
    }

    private static async Task Ask(IUpstreamConnection connection, CancellationToken cancellationToken)
    {
        var handshake = await connection.Connect(cancellationToken);

        // An error is an answer, too: some servers do not know ping.
        using var answer = await connection.Send(new UpstreamRequest(handshake.Version.IsModern ? McpMethods.Discover : McpMethods.Ping, default), cancellationToken);
    }
}
