using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;

namespace McpPlatform.Gateway.Limits;

/// <summary>
/// The limits of calls, and of whatever else goes to a server: the rates of tool and server, then a place at the server and one in the tenant. The server's place comes first, so that calls that wait
/// at a slow server take none of their tenant's. Lists and handshakes are answered here and meet none of this.
/// </summary>
public sealed class CallLimiter(LimitShares shares, LimitDefaults limits, TimeProvider time)
{
    /// <summary>Takes one of each rate. Null: go on.</summary>
    internal CallRefusal? Take(ToolCall call) => Take(call, call.Tool?.Rate) ?? Take(call, call.Route!.Rate);

    /// <summary>Enters at once where there is room, else waits in turn. Dispose what comes back, also when it is a refusal.</summary>
    internal ValueTask<CallPlaces> Enter(ToolCall call, CancellationToken cancellationToken)
    {
        var (server, tenant) = (call.Route!.Bulkhead, call.Caller.Bulkhead);
        if (server.TryEnter())
        {
            if (tenant.TryEnter())
            {
                return new(new CallPlaces(server, tenant, null));
            }

            return Wait(call, server, null, tenant, cancellationToken);
        }

        return Wait(call, null, server, tenant, cancellationToken);
    }

    private CallRefusal? Take(ToolCall call, RateGate? gate)
    {
        if (gate is null)
        {
            return null;
        }

        var isTaken = shares.TryTake(gate, out var use);
        if (!isTaken || call.Tightest is not { } other || use.Left < other.Left)
        {
            call.Tightest = use;
        }

        if (isTaken)
        {
            return null;
        }

        GatewayMetrics.Limited(use.Terms.Kind);
        return CallRefusal.RateLimited(use);
    }

    /// <param name="held">Entered already.</param>
    /// <param name="server">To be entered; null = done.</param>
    private async ValueTask<CallPlaces> Wait(ToolCall call, Bulkhead? held, Bulkhead? server, Bulkhead tenant, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var longest = LongestWait(call);
        if (server is not null)
        {
            var admission = await server.Wait(call.Caller.Subject, longest, time, cancellationToken);
            if (admission != Admission.Entered)
            {
                return Refuse(null, LimitScope.Server, server, admission);
            }

            held = server;
        }

        try
        {
            var admission = tenant.TryEnter() ? Admission.Entered
                : await tenant.Wait(call.Caller.Subject, longest - time.GetElapsedTime(began), time, cancellationToken);
            call.Waited = time.GetElapsedTime(began);
            return admission == Admission.Entered ? new CallPlaces(held, tenant, null) : Refuse(held, LimitScope.Tenant, tenant, admission);
        }
        catch (OperationCanceledException)
        {
            held!.Leave();
            throw;
        }
    }

    private static CallPlaces Refuse(Bulkhead? held, LimitScope scope, Bulkhead bulkhead, Admission admission)
    {
        GatewayMetrics.Limited(LimitKind.Concurrency);
        return new CallPlaces(held, null, CallRefusal.Crowded(scope, bulkhead.Most, admission));
    }

    /// <summary>Nobody waits longer for a place than for the whole call.</summary>
    private TimeSpan LongestWait(ToolCall call)
    {
        var longest = limits.LongestWait;
        if (call.Timers.Total is { } asked && asked < longest)
        {
            longest = asked;
        }

        return call.Route!.Connection.Timeouts?.TotalMs is { } own && own < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(own) : longest;
    }
}

/// <summary>Whose calls under way are bounded.</summary>
public enum LimitScope
{
    Server,
    Tenant,
}

/// <summary>The places of one call, or why it has none. Dispose it once.</summary>
internal readonly record struct CallPlaces(Bulkhead? Server, Bulkhead? Tenant, CallRefusal? Refusal) : IDisposable
{
    public void Dispose()
    {
        Tenant?.Leave();
        Server?.Leave();
    }
}
