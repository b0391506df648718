using System.Collections.Concurrent;

namespace McpPlatform.Gateway.Bridge;

/// <summary>
/// The calls of this process that wait for their client's next round, each for one principal. A call that nobody comes back for is ended; so is the longest waiting one of a
/// principal that has too many.
/// </summary>
public sealed class HeldCalls(TimeSpan patience, int mostPerPrincipal, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, Waiting> _calls = new();

    public int Count => _calls.Count;

    /// <summary>Keeps a call until <see cref="Take"/>, or until patience runs out.</summary>
    internal void Park(HeldCall call, Guid tenantId, string subject)
    {
        var waiting = new Waiting(call, tenantId, subject, time.GetTimestamp());
        _calls[call.Id] = waiting;
        waiting.Timer = time.CreateTimer(_ => Drop(call.Id), null, patience, Timeout.InfiniteTimeSpan);
        var own = _calls.Values.Where(other => other.TenantId == tenantId && other.Subject == subject).ToList();
        if (own.Count > mostPerPrincipal)
        {
            Drop(own.MinBy(other => other.Since)!.Call.Id);
        }
    }

    /// <summary>The call, which is nobody else's from now on; null when it is gone.</summary>
    internal HeldCall? Take(Guid id)
    {
        if (!_calls.TryRemove(id, out var waiting))
        {
            return null;
        }

        waiting.Timer?.Dispose();
        return waiting.Call;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _calls.Keys)
        {
            if (Take(id) is { } call)
            {
                await call.DisposeAsync();
            }
        }
    }

    private void Drop(Guid id)
    {
        if (Take(id) is { } call)
        {
            _ = call.DisposeAsync().AsTask();
        }
    }

    private sealed record Waiting(HeldCall Call, Guid TenantId, string Subject, long Since)
    {
        public ITimer? Timer { get; set; }
    }
}
