using System.Collections.Concurrent;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Draining;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway.Sessions;

/// <summary>
/// Whatever callers have open, for as long as their keys are good: sessions and streams of those whose key was revoked end with the snapshot that says so, and those whose key expired
/// within <see cref="Look"/>. A process that is being stopped lets go of sessions in which nothing runs: their clients find another gateway, and it does not wait for them. What runs longer than it may wait is told so.
/// </summary>
internal sealed class Standing(GatewayStateStore store, McpEndpoint endpoint, Drain drain, TimeProvider time) : BackgroundService
{
    /// <summary>2 s: with the poll for news before it, a key's end holds within 5 s.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<CancellationTokenSource, Holder> _streams = new();

    /// <summary>The caller by what rules now; null when its key is not good any more.</summary>
    public Caller? Of(Holder holder) =>
        ApiKeys.Authenticate(store.Current, holder.Credential, time, out var caller) == AuthenticationOutcome.Authenticated && caller!.TenantId == holder.TenantId ? caller : null;

    /// <summary>Cancels a stream when its caller's key is not good any more, until the result is disposed.</summary>
    public IDisposable Guard(Holder holder, CancellationTokenSource stream)
    {
        _streams[stream] = holder;
        return new Guarded(this, stream);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        store.PolicyChanged += _ => End();
        await using var closing = drain.Closing.UnsafeRegister(_ => EndIdle(), null);
        await using var over = drain.Over.UnsafeRegister(_ => endpoint.CancelRequests(), null);
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                End();
                EndIdle();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>While others are still sent here, a session that is no connection would only be opened here again.</summary>
    private void EndIdle()
    {
        if (drain.HasBegun)
        {
            endpoint.EndSessions(session => !session.HasWork && (session.IsConnection || drain.Closing.IsCancellationRequested));
        }
    }

    private void End()
    {
        endpoint.EndSessions(session => session.State is GatewaySession own && Of(own.Holder) is null);
        foreach (var (stream, holder) in _streams)
        {
            if (Of(holder) is null && _streams.TryRemove(stream, out _))
            {
                _ = stream.CancelAsync();
            }
        }
    }

    private sealed class Guarded(Standing standing, CancellationTokenSource stream) : IDisposable
    {
        public void Dispose() => standing._streams.TryRemove(stream, out _);
    }
}
