using System.Diagnostics;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>A call for the engine: the endpoints of one server, reached through the pool of connections.</summary>
internal struct ToolAttempt(ToolAttempts owner, ToolCall call, UpstreamRequest request, AttemptTimers timers) : IAttemptWork<UpstreamLease, UpstreamAnswer>
{
    private EndpointRoute? _endpoint;
    private ulong _tried;

    public readonly AttemptTimers Timers => timers;

    public readonly int MaxAttempts => Math.Min(call.Route!.MaxAttempts, call.MaxAttempts);

    public readonly bool IsRepeatable => call.IsRepeatable;

    public readonly RetryBudget Budget => call.Route!.Budget;

    public readonly bool HasOtherEndpoint => owner.Balancer.HasOther(call.Route!.Endpoints, _tried);

    public readonly bool HasOtherCredential => false;

    public bool TryChoose(StepKind after)
    {
        var server = call.Route!;

        // A retry comes when every endpoint was tried: each may have its turn again.
        var tried = after == StepKind.FailOver ? _tried : 0;
        _endpoint = owner.Balancer.Choose(server, tried, server.Endpoints.Length == 1 ? null : Affinity.Of(call));
        if (_endpoint is null)
        {
            return false;
        }

        _tried = tried | (1UL << _endpoint.Index);
        if (server.Endpoints.Length > 1)
        {
            _endpoint.State.Enter();
        }

        return true;
    }

    public readonly CallFailure Refusal() => Array.TrueForAll(call.Route!.Endpoints, endpoint => endpoint.IsForcedOpen)
        ? new(FailureKind.BreakerOpen, false, "An operator keeps calls away from the server.")
        : new(FailureKind.BreakerOpen, false, "The server failed too often in a row and is left alone for a moment.")
    {
        RetryAfter = owner.Balancer.Wait(call.Route!.Endpoints),
    };

    public readonly Activity? StartSpan() => GatewayMetrics.Source.StartActivity(call.Method, ActivityKind.Client)?.SetTag("mcpp.server", call.Route!.Slug);

    public readonly ValueTask<UpstreamLease> Open(CancellationToken cancellationToken) => owner.Upstreams.Get(_endpoint!, new UpstreamUser(call.Session, call.Caller.Subject, call.SessionEnded) { Client = call.Client }, cancellationToken);

    public readonly ValueTask<UpstreamAnswer> Send(UpstreamLease link, AttemptClock clock)
    {
        call.Secrets = link.Secrets;
        request.Clock = clock;
        if (call.OnNotification is { } deliver)
        {
            request.OnNotification = Deliver(deliver, clock, link.Secrets);
        }

        if (call.OnQuestion is { } answer)
        {
            request.OnQuestion = Answer(answer, clock);
        }

        request.OnDetached = call.OnDetached;
        call.Client?.Uses(_endpoint!, link.Connection);

        return link.Connection.Send(request, clock.Token);
    }

    public readonly CallFailure? Classify(Exception exception) => CallFailure.Of(exception);

    public readonly void Ended(CallFailure? failure, bool isAnswered, AttemptClock clock)
    {
        var endpoint = _endpoint!;
        owner.Measure(call, endpoint, isAnswered ? null : failure?.Code ?? CallEnd.Cancelled.Code, clock.BeganAt);
        var isFault = failure is not null && failure.IsEndpointsFault(timers);
        if (endpoint.Server.Endpoints.Length > 1)
        {
            owner.Learn(endpoint, isFault, isAnswered, clock.BeganAt);
        }

        if (isAnswered)
        {
            owner.Answered(endpoint);
        }
        else if (isFault)
        {
            owner.Failed(endpoint);
        }
    }

    private static Func<Envelope, CancellationToken, ValueTask<RpcAnswer>> Answer(Func<Envelope, CancellationToken, ValueTask<RpcAnswer>> answer, AttemptClock clock) =>
        async (question, token) =>
        {
            // People take their time; the total goes on.
            clock.Commit();
            clock.Hold();
            try
            {
                return await answer(question, token);
            }
            finally
            {
                clock.Release();
            }
        };

    private static Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> Deliver(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> deliver, AttemptClock clock, KnownSecrets secrets) => async (message, token) =>
        {
            secrets.Conceal(message);
            clock.Commit();
            clock.Wait(ExchangePhase.Caller);
            await deliver(message, token);
            clock.Wait(ExchangePhase.Idle);
        };
}
