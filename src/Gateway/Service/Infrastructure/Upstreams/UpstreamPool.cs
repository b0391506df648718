using System.Collections.Concurrent;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.Launchers;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Upstream;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// All connections to servers: one per tenant, server and way to reach it, which is one per endpoint. A server whose entry or launcher changed or went is left by its users one by one,
/// then closed; one that nobody used for a while is closed too.
/// </summary>
internal sealed class UpstreamPool : BackgroundService, IUpstreams
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<UpstreamKey, UpstreamSlot> _slots = new();
    private readonly IConnectionFactory _factory;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;

    public UpstreamPool(IConnectionFactory factory, GatewayStateStore store, LauncherBook launchers, IOptions<GatewayOptions> options, TimeProvider time)
    {
        (_factory, _options, _time) = (factory, options.Value, time);
        store.RegistryChanged += Reconcile;
        launchers.Changed += names => Retire(slot => slot.Launcher is { } launcher && names.Contains(launcher));
    }

    public ValueTask<UpstreamLease> Get(EndpointRoute endpoint, CancellationToken cancellationToken) => Get(KeyOf(endpoint), endpoint.Connection, cancellationToken);

    /// <summary>The connection to an endpoint if it stands, without counting as a use of it.</summary>
    public IUpstreamConnection? Peek(EndpointRoute endpoint) => _slots.TryGetValue(KeyOf(endpoint), out var slot) ? slot.Connected : null;

    /// <summary>As <see cref="Get(EndpointRoute, CancellationToken)"/>, for a server that is perhaps not in any snapshot yet.</summary>
    public async ValueTask<UpstreamLease> Get(UpstreamKey key, ServerConnection how, CancellationToken cancellationToken)
    {
        while (true)
        {
            var slot = _slots.TryGetValue(key, out var known) ? known : _slots.GetOrAdd(key, new UpstreamSlot(key, how, _factory, _options.StartTimeout, _time));
            if (await slot.Get(cancellationToken) is { } lease)
            {
                return lease;
            }

            _slots.TryRemove(new(key, slot));
        }
    }

    /// <summary>How many slots are in each status.</summary>
    public IReadOnlyDictionary<UpstreamStatus, int> Count() => _slots.Values.CountBy(slot => slot.Status).ToDictionary();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var slot in _slots.Values)
        {
            await slot.Abort();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Retire(slot => slot.IdleFor > _options.IdleStop);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Reconcile(GatewayState state)
    {
        var wanted = state.Registry.Tenants.Values
            .SelectMany(tenant => tenant.Servers.Values)
            .SelectMany(server => server.Endpoints)
            .Select(KeyOf)
            .ToHashSet();

        // A server that was just discovered is not in a snapshot yet; it will be, or it goes when it is idle.
        var known = wanted.Select(key => (key.TenantId, key.ServerId)).ToHashSet();
        Retire(slot => !wanted.Contains(slot.Key) && (known.Contains((slot.Key.TenantId, slot.Key.ServerId)) || slot.IdleFor > SweepEvery));
    }

    private static UpstreamKey KeyOf(EndpointRoute endpoint) => new(endpoint.Server.TenantId, endpoint.Server.ServerId, endpoint.ConnectionHash);

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
