using System.Collections.Concurrent;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.Launchers;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// All connections to servers: one per tenant, server and way to reach it, which is one per endpoint; for stdio servers one per scope. A server whose entry or launcher
/// changed or went is left by its users one by one, then closed; one that nobody used for a while is closed too.
/// </summary>
internal sealed class UpstreamPool : BackgroundService, IUpstreams, ISlotOwner
{
    /// <summary>A server that was just discovered is not in a snapshot yet, for so long at most.</summary>
    private static readonly TimeSpan UntilSnapshot = TimeSpan.FromSeconds(15);

    /// <summary>For the killing of what does not end when asked.</summary>
    private static readonly TimeSpan EndingOverhead = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<UpstreamKey, UpstreamSlot> _slots = new();
    private readonly IConnectionFactory _factory;
    private readonly UpstreamKeys _keys;
    private readonly ProcessGuardian _guardian;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;

    /// <summary>What the last snapshot asked for.</summary>
    private HashSet<UpstreamKey> _wanted = [];

    public UpstreamPool(
        IConnectionFactory factory, SharedProcesses shared, ProcessGuardian guardian, GatewayStateStore store, LauncherBook launchers, IHostApplicationLifetime lifetime,
        IOptions<GatewayOptions> options, TimeProvider time)
    {
        (_factory, _keys, _guardian, _options, _time) = (factory, new UpstreamKeys(shared), guardian, options.Value, time);
        Places = new InstancePlaces(new InstanceLimits(_options.MaxInstancesPerServer, _options.MaxInstancesPerTenant, _options.MaxInstances), time);
        store.RegistryChanged += Reconcile;
        launchers.Changed += names => Retire(slot => slot.Launcher is { } launcher && names.Contains(launcher));
        lifetime.ApplicationStopping.Register(AbandonStarts);
    }

    /// <summary>Who gets what a server (tenant, id) sends on connections that callers share; set before the first one is made. Null = nobody.</summary>
    public Func<Guid, Guid, IUpstreamPeer>? Peers { get; set; }

    /// <summary>Where the processes of stdio servers are counted.</summary>
    public InstancePlaces Places { get; }

    /// <summary>What stdio servers said on their error streams before they ended.</summary>
    public LastWords LastWords { get; } = new();

    public ValueTask<UpstreamLease> Get(EndpointRoute endpoint, UpstreamUser user, CancellationToken cancellationToken) =>
        Get(_keys.Of(endpoint, user), UpstreamKeys.Own(endpoint), endpoint.Connection, isCall: true, user.SessionEnded, cancellationToken, user.Client, endpoint);

    /// <summary>A connection to look at an endpoint that callers share.</summary>
    public ValueTask<UpstreamLease> Look(EndpointRoute endpoint, CancellationToken cancellationToken) => Look(UpstreamKeys.Own(endpoint), endpoint.Connection, cancellationToken);

    /// <summary>A connection to look at a server that is perhaps not in any snapshot yet. Where callers have their own processes, the look has its own, too.</summary>
    public ValueTask<UpstreamLease> Look(UpstreamKey own, ServerConnection how, CancellationToken cancellationToken) => ProcessScopes.Of(how) switch
    {
        ProcessScope.Tenant => Get(own, own, how, isCall: false, CancellationToken.None, cancellationToken),
        ProcessScope.Shared => Get(_keys.Shared(own, how), own, how, isCall: false, CancellationToken.None, cancellationToken),
        _ => LookAs(own, how, default, cancellationToken),
    };

    /// <summary>A connection for one look alone, as a client that can be asked for <paramref name="capabilities"/> (a raw object; empty = nothing).</summary>
    public ValueTask<UpstreamLease> LookAs(UpstreamKey own, ServerConnection how, ReadOnlyMemory<byte> capabilities, CancellationToken cancellationToken)
    {
        // What the server says there of its lists is no news: it is being looked at. Taken for news, it would be looked at again, in another process, which says the same.
        var terms = new ConnectionTerms(capabilities, null, IsExclusive: true);
        return Get(own with { Part = new UpstreamPart(ProcessScope.Call, Guid.NewGuid(), null) }, own, how, isCall: false, CancellationToken.None, cancellationToken, terms: terms);
    }

    /// <summary>Tells every server that knows a session what its client says.</summary>
    public async ValueTask Notify(Guid session, string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        foreach (var slot in _slots.Values.Where(slot => slot.Key.Part is { Scope: ProcessScope.Session, Id: var id } && id == session))
        {
            try
            {
                await (slot.Connected?.Notify(method, parameters, cancellationToken) ?? ValueTask.CompletedTask);
            }
            catch (UpstreamException)
            {
                // A server that cannot be told is told by the next call that fails.
            }
        }
    }

    /// <summary>The connection to an endpoint that callers share, if it stands, without counting as a use of it.</summary>
    public IUpstreamConnection? Peek(EndpointRoute endpoint) => endpoint.Scope == ProcessScope.Tenant && _slots.TryGetValue(UpstreamKeys.Own(endpoint), out var slot) ? slot.Connected : null;

    /// <summary>How many slots are in each status.</summary>
    public IReadOnlyDictionary<UpstreamStatus, int> Count() => _slots.Values.CountBy(slot => slot.Status).ToDictionary();

    /// <summary>The slots that serve a server of a tenant, those of all tenants included that it shares.</summary>
    public IReadOnlyList<UpstreamSlot> SlotsOf(ServerRoute server)
    {
        var shared = _keys.SharedOf(server);
        return [.. _slots.Values.Concat(Places.Taken.Select(place => place.Slot)).Distinct()
            .Where(slot => (slot.Key.TenantId == server.TenantId && slot.Key.ServerId == server.ServerId) || slot.Key == shared)];
    }

    /// <summary>The process of a server that ended last; null when none did lately.</summary>
    public EndedProcess? EndedOf(ServerRoute server) => _keys.SharedOf(server) is { } shared ? LastWords.Of(shared.TenantId, shared.ServerId) : LastWords.Of(server.TenantId, server.ServerId);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Places.Close();

        // Those that left the pool may still be in use, or ending. Whatever patience the host has left: what is not ended here outlives it.
        var ending = Task.WhenAll(_slots.Values.Concat(Places.Taken.Select(place => place.Slot)).Distinct().Select(slot => Task.Run(async () => await slot.Abort(), CancellationToken.None)));
        await Task.WhenAll(ending, Places.WhenEmpty()).WaitAsync((2 * _options.StopGrace) + EndingOverhead, _time, CancellationToken.None);
        _guardian.Dismiss();
    }

    Task<InstancePlace> ISlotOwner.Enter(UpstreamSlot slot)
    {
        _guardian.Ensure();
        return Places.Take(slot, slot.Patience ?? _options.ConnectTimeout);
    }

    void ISlotOwner.Left(UpstreamSlot slot)
    {
        if (slot.Key.IsSingleUse)
        {
            _slots.TryRemove(new(slot.Key, slot));
            _ = Task.Run(async () => await slot.Abort());
        }

        Places.LookAgain();
    }

    void ISlotOwner.Closed(UpstreamSlot slot, NewConnection connection)
    {
        if (connection.StandsSince is { } since)
        {
            GatewayMetrics.ConnectionEnded(slot.IsProcess, _time.GetElapsedTime(since));
        }

        LastWords.Keep(slot.Key, connection, _time.GetUtcNow());
    }

    /// <summary>Lets go of connections that broke while nobody asked for them. Returns how many.</summary>
    internal int DropBroken() => _slots.Values.Count(slot => slot.IsProcess && slot.DropBroken());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.ReapInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Retire(slot => slot.IsRetired || slot.IdleFor > IdleTime.Of(slot, _options.IdleStop));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Calls under way may end in their own time, which the host waits for; what is only just being started would have it wait in vain.</summary>
    private void AbandonStarts()
    {
        Places.Close();
        foreach (var place in Places.Taken.Where(place => place.Slot.Status == UpstreamStatus.Connecting))
        {
            _ = Task.Run(async () => await place.Slot.Abort());
        }
    }

    private async ValueTask<UpstreamLease> Get(
        UpstreamKey key, UpstreamKey own, ServerConnection how, bool isCall, CancellationToken sessionEnded, CancellationToken cancellationToken, UpstreamClient? client = null,
        EndpointRoute? endpoint = null, ConnectionTerms? terms = null)
    {
        while (true)
        {
            if (key.Part.Scope == ProcessScope.Session && sessionEnded.IsCancellationRequested)
            {
                // Whatever is made for it now is retired at once, again and again.
                throw new CallFailureException(new CallFailure(FailureKind.Closed, false, "The session has ended."));
            }

            var slot = _slots.TryGetValue(key, out var known) ? known : Add(key, own, how, sessionEnded, terms ?? TermsOf(key, own, client, endpoint));
            if (await slot.Get(cancellationToken, isCall) is { } lease)
            {
                return lease;
            }

            _slots.TryRemove(new(key, slot));
        }
    }

    private UpstreamSlot Add(UpstreamKey key, UpstreamKey own, ServerConnection how, CancellationToken sessionEnded, in ConnectionTerms terms)
    {
        var made = new UpstreamSlot(key, how, _factory, _options.StartTimeout, _time, owner: this, credentials: own, terms);
        var slot = _slots.GetOrAdd(key, made);
        if (key.Part.Scope == ProcessScope.Session && ReferenceEquals(slot, made))
        {
            made.EndWith(Forget, sessionEnded);
        }

        return slot;
    }

    private void Forget(UpstreamSlot slot)
    {
        _slots.TryRemove(new(slot.Key, slot));
        slot.Retire();
    }

    private void Reconcile(GatewayState state)
    {
        var wanted = _keys.WantedIn(state);

        // A server that was just discovered is not in a snapshot yet; it will be, or it goes when it is idle.
        var known = wanted.Concat(_wanted).Select(key => (key.TenantId, key.ServerId)).ToHashSet();
        _wanted = wanted;
        Retire(slot => !wanted.Contains(slot.Key.Part.Scope == ProcessScope.Shared ? slot.Key : slot.Key with { Part = default, Era = default })
            && (known.Contains((slot.Key.TenantId, slot.Key.ServerId)) || slot.IdleFor > UntilSnapshot));
    }

    /// <summary>Whoever has a connection of their own presents themselves to the server, and gets what it sends.</summary>
    private ConnectionTerms TermsOf(UpstreamKey key, UpstreamKey own, UpstreamClient? client, EndpointRoute? endpoint) =>
        key.Part.Scope is ProcessScope.Session or ProcessScope.Principal or ProcessScope.Call && client is not null && endpoint is not null
            ? new ConnectionTerms(client.Capabilities, client.PeerOf(endpoint.Server) ?? Peers?.Invoke(own.TenantId, own.ServerId), IsExclusive: true)
            : new ConnectionTerms(default, key.Part.Scope == ProcessScope.Shared ? null : Peers?.Invoke(own.TenantId, own.ServerId), IsExclusive: false);

    private void Retire(Func<UpstreamSlot, bool> which)
    {
        foreach (var (key, slot) in _slots)
        {
            if (which(slot) && _slots.TryRemove(new(key, slot)))
            {
                slot.Retire();
            }
        }
    }
}
