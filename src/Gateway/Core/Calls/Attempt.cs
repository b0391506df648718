using System.Diagnostics;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>What an attempt gave: an answer (to be disposed by whoever has it), or a failure.</summary>
internal readonly record struct AttemptResult(UpstreamAnswer? Answer, CallFailure? Failure, KnownSecrets? Secrets);

/// <summary>
/// One attempt at one server, with its timers and one token from the caller's socket to the upstream's. What comes back is classified, so that planning
/// further attempts can be put around it; today there is exactly one.
/// </summary>
public sealed class Attempt(IUpstreams upstreams, AttemptTimers timers, TimeProvider time)
{
    /// <summary>Runs it. Throws <see cref="OperationCanceledException"/> only when the caller cancelled.</summary>
    internal async ValueTask<AttemptResult> Run(
        ServerRoute server,
        ReadOnlyMemory<byte> parameters,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? onNotification,
        CancellationToken cancellationToken)
    {
        KnownSecrets? secrets = null;
        using var span = GatewayMetrics.Source.StartActivity(McpMethods.CallTool, ActivityKind.Client);
        span?.SetTag("mcpp.server", server.Slug);
        try
        {
            using var upstream = await upstreams.Get(server, cancellationToken);
            secrets = upstream.Secrets;
            using var clock = new AttemptClock(timers, time, cancellationToken);
            var request = new UpstreamRequest(McpMethods.CallTool, parameters)
            {
                OnNotification = onNotification is null ? null : (message, token) =>
                {
                    clock.Touch();
                    return onNotification(message, token);
                },
            };
            return new AttemptResult(await upstream.Connection.Send(request, clock.Token), null, secrets);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(new CallFailure(FailureKind.Timeout, true, "The server did not answer in time."));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && CallFailure.Of(exception) is not null)
        {
            return Failed(CallFailure.Of(exception)!);
        }

        AttemptResult Failed(CallFailure failure)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.Code);
            return new AttemptResult(null, failure, secrets);
        }
    }
}
