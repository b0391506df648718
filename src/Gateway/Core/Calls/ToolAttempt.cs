using System.Diagnostics;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>A <c>tools/call</c> for the engine: one server, reached through the pool of connections.</summary>
internal struct ToolAttempt(IUpstreams upstreams, ToolCall call, UpstreamRequest request, AttemptTimers timers)
    : IAttemptWork<UpstreamLease, UpstreamAnswer>
{
    public readonly AttemptTimers Timers => timers;

    public readonly int MaxAttempts => call.Tool!.Server.MaxAttempts;

    public readonly bool IsRepeatable => call.Tool!.IsRepeatable;

    public readonly RetryBudget Budget => call.Tool!.Server.Budget;

    public readonly bool HasOtherEndpoint => false;

    public readonly bool HasOtherCredential => false;

    public readonly bool TryChoose(StepKind after) => true;

    public readonly CallFailure Refusal() => throw new InvalidOperationException("There is always an endpoint.");

    public readonly Activity? StartSpan() => GatewayMetrics.Source.StartActivity(McpMethods.CallTool, ActivityKind.Client)?.SetTag("mcpp.server", call.Tool!.Server.Slug);

    public readonly ValueTask<UpstreamLease> Open(CancellationToken cancellationToken) => upstreams.Get(call.Tool!.Server, cancellationToken);

    public readonly ValueTask<UpstreamAnswer> Send(UpstreamLease link, AttemptClock clock)
    {
        call.Secrets = link.Secrets;
        request.Clock = clock;
        if (call.OnNotification is { } deliver)
        {
            request.OnNotification = Deliver(deliver, clock);
        }

        return link.Connection.Send(request, clock.Token);
    }

    public readonly CallFailure? Classify(Exception exception) => CallFailure.Of(exception);

    public readonly void Ended(CallFailure? failure, bool isAnswered, AttemptClock clock)
    {
    }

    private static Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> Deliver(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> deliver, AttemptClock clock) =>
        async (message, token) =>
        {
            clock.Commit();
            clock.Wait(ExchangePhase.Caller);
            await deliver(message, token);
            clock.Wait(ExchangePhase.Idle);
        };
}
