using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>Sends calls through the engine, each attempt to an endpoint that the balancer chooses.</summary>
/// <param name="timers">For servers whose entry says nothing else.</param>
public sealed class ToolAttempts(AttemptEngine engine, Balancer balancer, IUpstreams upstreams, AttemptTimers timers, IGatewayObserver observer, TimeProvider time)
{
    public BreakerRules Rules => balancer.Rules;

    internal Balancer Balancer => balancer;

    internal IUpstreams Upstreams => upstreams;

    /// <summary>Runs a call whose server is known. Throws <see cref="OperationCanceledException"/> only when the caller cancelled.</summary>
    /// <param name="parameters">As the server is to see them.</param>
    internal ValueTask<AttemptOutcome<UpstreamAnswer>> Run(ToolCall call, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) =>
        engine.Run<ToolAttempt, UpstreamLease, UpstreamAnswer>(
            new ToolAttempt(this, call, new UpstreamRequest(call.Method, parameters) { Headers = call.Tool?.Headers?.Write(call.Message.Arguments) ?? [], LogLevel = call.LogLevel }, TimersOf(call)), cancellationToken);

    private AttemptTimers TimersOf(ToolCall call)
    {
        var own = call.Route!.TimersOver(timers).Within(call.Timers);
        return call.Waited == TimeSpan.Zero ? own : own with { Total = own.Total - call.Waited };
    }

    /// <summary>An attempt was answered, by a result or an error: the endpoint is alive.</summary>
    public void Answered(EndpointRoute endpoint)
    {
        endpoint.State.Answered();
        if (endpoint.State.Breaker.Succeeded())
        {
            observer.BreakerChanged(endpoint.Server.Slug, endpoint.Id, isOpen: false);
        }
    }

    /// <summary>An attempt failed, and the endpoint is to blame.</summary>
    public void Failed(EndpointRoute endpoint)
    {
        if (endpoint.State.Breaker.Failed(balancer.Rules, time))
        {
            observer.BreakerChanged(endpoint.Server.Slug, endpoint.Id, isOpen: true);
        }
    }

    /// <summary>An attempt is over; null: it was answered.</summary>
    internal void Measure(ToolCall call, EndpointRoute endpoint, string? failure, long beganAt) =>
        GatewayMetrics.AttemptEnded(call.Method, endpoint, failure, time.GetElapsedTime(beganAt));

    /// <summary>What was learnt for the balancer, where it has a choice.</summary>
    internal void Learn(EndpointRoute endpoint, bool failed, bool isAnswered, long beganAt)
    {
        endpoint.State.Leave();
        if ((failed || isAnswered) && endpoint.Server.Spread.Algorithm == Algorithm.PeakEwma)
        {
            endpoint.State.Learn(time.GetElapsedTime(beganAt), failed, time);
        }
    }
}
