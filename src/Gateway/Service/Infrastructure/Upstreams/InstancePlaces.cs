using McpPlatform.Gateway.Attempts;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>Most processes of stdio servers at once. Those that are ending count until they are gone: the limit is one of memory.</summary>
/// <param name="PerTenant">Processes that tenants share are nobody's.</param>
internal sealed record InstanceLimits(int PerServer, int PerTenant, int InAll);

/// <summary>
/// The places that processes may take. When none is left, the process that has been idle longest among those in the way is stopped; when none is idle, whoever wants
/// one waits in line. A place is granted and freed under one lock, so that nobody overtakes.
/// </summary>
internal sealed class InstancePlaces(InstanceLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<InstancePlace> _taken = [];
    private readonly LinkedList<Waiter> _waiting = [];
    private TaskCompletionSource? _empty;
    private int _waiters;
    private bool _closed;

    /// <summary>Processes that were stopped to make room, since the start.</summary>
    public long Evicted { get; private set; }

    /// <summary>Calls for a process that waited in vain, since the start.</summary>
    public long Refused { get; private set; }

    public int Waiting => Volatile.Read(ref _waiters);

    public InstanceLimits Limits => limits;

    /// <summary>Those that are taken now.</summary>
    public IReadOnlyList<InstancePlace> Taken
    {
        get
        {
            lock (_gate)
            {
                return [.. _taken];
            }
        }
    }

    /// <summary>A place for a process of a slot, at once or within <paramref name="patience"/>. Throws <see cref="CallFailureException"/> that names the limit.</summary>
    public async Task<InstancePlace> Take(UpstreamSlot slot, TimeSpan patience)
    {
        var waiter = new Waiter(slot);
        lock (_gate)
        {
            if (_closed)
            {
                throw Stopping();
            }

            _waiting.AddLast(waiter);
            Serve();
            Volatile.Write(ref _waiters, _waiting.Count);
        }

        try
        {
            return await waiter.Granted.Task.WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                if (!_waiting.Remove(waiter))
                {
                    return waiter.Granted.Task.Result;
                }

                Volatile.Write(ref _waiters, _waiting.Count);
                Refused++;
                throw new CallFailureException(new CallFailure(FailureKind.InstanceLimit, false, Sentence(slot)) { RetryAfter = TimeSpan.FromSeconds(1) });
            }
        }
    }

    /// <summary>Something became idle: perhaps somebody waits for that.</summary>
    public void LookAgain()
    {
        if (Volatile.Read(ref _waiters) == 0)
        {
            return;
        }

        lock (_gate)
        {
            Serve();
            Volatile.Write(ref _waiters, _waiting.Count);
        }
    }

    /// <summary>Grants nothing any more; who waits is told that the gateway stops.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var waiter in _waiting)
            {
                waiter.Granted.TrySetException(Stopping());
            }

            _waiting.Clear();
            Volatile.Write(ref _waiters, 0);
        }
    }

    /// <summary>Ends when no place is taken.</summary>
    public Task WhenEmpty()
    {
        lock (_gate)
        {
            return _taken.Count == 0 ? Task.CompletedTask : (_empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The process of this place is gone.</summary>
    internal void Free(InstancePlace place)
    {
        lock (_gate)
        {
            if (!_taken.Remove(place))
            {
                return;
            }

            Serve();
            Volatile.Write(ref _waiters, _waiting.Count);
            if (_taken.Count == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    private static CallFailureException Stopping() => new(new CallFailure(FailureKind.Closed, false, "The gateway stops, and starts no more servers."));

    /// <summary>Serves everybody who waits, in order; who is in another one's way does not stop those behind who are not.</summary>
    private void Serve()
    {
        for (var node = _waiting.First; node is not null;)
        {
            var (waiter, next) = (node.Value, node.Next);
            if (Obstacle(waiter.Slot) is not { } inTheWay)
            {
                var place = new InstancePlace(this, waiter.Slot);
                _taken.Add(place);
                _waiting.Remove(node);
                waiter.Granted.TrySetResult(place);
            }
            else if (waiter.Leaving is not { } leaving || !_taken.Contains(leaving))
            {
                waiter.Leaving = Evict(inTheWay);
            }

            node = next;
        }
    }

    private InstancePlace? Evict(Func<InstancePlace, bool> inTheWay)
    {
        foreach (var place in _taken.Where(place => !place.IsLeaving && inTheWay(place)).OrderByDescending(place => place.Slot.IdleFor))
        {
            if (place.Slot.TryRetireIdle())
            {
                place.IsLeaving = true;
                Evicted++;
                return place;
            }
        }

        return null;
    }

    /// <summary>Which of the places have to become fewer; null: there is room.</summary>
    private Func<InstancePlace, bool>? Obstacle(UpstreamSlot slot)
    {
        var (tenant, server) = (slot.Key.TenantId, slot.Key.ServerId);
        return _taken.Count(Server) >= PerServer(slot) ? Server
            : tenant != Guid.Empty && _taken.Count(Tenant) >= limits.PerTenant ? Tenant
            : _taken.Count >= limits.InAll ? static _ => true
            : null;

        bool Server(InstancePlace place) => place.Slot.Key.ServerId == server && place.Slot.Key.TenantId == tenant;
        bool Tenant(InstancePlace place) => place.Slot.Key.TenantId == tenant;
    }

    private int PerServer(UpstreamSlot slot) => slot.MaxInstances is { } own && own < limits.PerServer ? own : limits.PerServer;

    private string Sentence(UpstreamSlot slot)
    {
        var (tenant, server) = (slot.Key.TenantId, slot.Key.ServerId);
        var most = PerServer(slot);
        return _taken.Count(place => place.Slot.Key.ServerId == server && place.Slot.Key.TenantId == tenant) >= most
                ? $"The server runs {most} processes, as many as it may ({(most < limits.PerServer ? "max_instances of the server" : "option Gateway__MaxInstancesPerServer")}), and all of them are busy."
            : tenant != Guid.Empty && _taken.Count(place => place.Slot.Key.TenantId == tenant) >= limits.PerTenant
                ? $"The tenant's servers run {limits.PerTenant} processes, as many as they may (option Gateway__MaxInstancesPerTenant), and all of them are busy."
            : $"The gateway runs {limits.InAll} processes, as many as it may (option Gateway__MaxInstances), and all of them are busy.";
    }

    private sealed class Waiter(UpstreamSlot slot)
    {
        public UpstreamSlot Slot => slot;

        public TaskCompletionSource<InstancePlace> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Was stopped for it; one at a time.</summary>
        public InstancePlace? Leaving { get; set; }
    }
}

/// <summary>A place that a process takes, from before it starts until it is gone.</summary>
internal sealed class InstancePlace(InstancePlaces places, UpstreamSlot slot) : IDisposable
{
    public UpstreamSlot Slot => slot;

    /// <summary>By which its processes are known; null until it is decided.</summary>
    public string? Mark { get; set; }

    /// <summary>It was stopped for somebody else. Under the lock of the places.</summary>
    public bool IsLeaving { get; set; }

    public void Dispose() => places.Free(this);
}
