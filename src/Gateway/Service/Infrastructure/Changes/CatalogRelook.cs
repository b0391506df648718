using System.Collections.Concurrent;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>
/// Looks at a server that says its lists changed: the new lists rule here first, then clients are told, then the registry, which tells the other replicas. A server that says so again
/// and again is looked at once at a time, and once more for all that it said meanwhile.
/// </summary>
internal sealed partial class CatalogRelook(
    Discoverer discoverer, GatewayStateStore store, ChangeHub hub, CatalogReporter reporter, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<CatalogRelook> logger)
    : ICatalogRefresh
{
    /// <summary>50 ms: servers that register many tools say so for each.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    /// <summary>10 s: a server that refuses whatever it is sent is not looked at for each of its refusals.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(Guid TenantId, Guid ServerId), Change> _pending = new();
    private readonly ConcurrentDictionary<(Guid TenantId, Guid ServerId), Refreshing> _refreshed = new();

    /// <summary>A server says that some of its lists changed. Returns at once.</summary>
    public void Changed(Guid tenantId, Guid serverId, Change change)
    {
        var key = (tenantId, serverId);
        if (change != Change.None)
        {
            hub.Heard(tenantId, serverId);
        }

        if (_pending.AddOrUpdate(key, change, (_, known) => known | change) == change && _running.TryAdd(key, true))
        {
            _ = Run(key, lifetime.ApplicationStopping);
        }
    }

    public async ValueTask<ToolRoute?> Refresh(ToolRoute tool, CancellationToken cancellationToken)
    {
        var key = (tool.Server.TenantId, tool.Server.ServerId);
        if (Current(tool) is { } newer)
        {
            return newer;
        }

        var refreshing = _refreshed.AddOrUpdate(key, Start, (_, last) => time.GetElapsedTime(last.At) < Rest ? last : Start(key));
        await refreshing.Look.Value.WaitAsync(cancellationToken);
        return Current(tool);

        Refreshing Start((Guid, Guid) _) => new(time.GetTimestamp(), new Lazy<Task>(() => Look(key.TenantId, key.ServerId, Change.None, lifetime.ApplicationStopping)));
    }

    /// <summary>Null when it is as it was.</summary>
    private ToolRoute? Current(ToolRoute tool) =>
        store.Current.Registry.RoutesOf(tool.Server.TenantId).ById.TryGetValue(tool.Server.ServerId, out var server) && server.ByName.TryGetValue(tool.Name, out var current)
        && current.Hash != tool.Hash ? current : null;

    private readonly ConcurrentDictionary<(Guid TenantId, Guid ServerId), bool> _running = new();

    private async Task Run((Guid TenantId, Guid ServerId) key, CancellationToken stopping)
    {
        try
        {
            while (_pending.ContainsKey(key))
            {
                await Task.Delay(Gather, time, stopping);
                _pending.TryRemove(key, out var change);
                await Look(key.TenantId, key.ServerId, change, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            _running.TryRemove(key, out _);
        }

        // What came between the last look and the line above.
        if (_pending.TryGetValue(key, out var late) && !stopping.IsCancellationRequested)
        {
            Changed(key.TenantId, key.ServerId, late);
        }
    }

    private async Task Look(Guid tenantId, Guid serverId, Change change, CancellationToken stopping)
    {
        if (!store.Current.Registry.RoutesOf(tenantId).ById.TryGetValue(serverId, out var before))
        {
            return;
        }

        var found = await discoverer.Discover(new DiscoverServer(tenantId, serverId, before.Slug, before.Connection), stopping);
        if (found is not { Failure: null, Offer: { } offer })
        {
            // What was known goes on to rule; the server's failure is found by those who call it.
            LookFailed(logger, before.Slug, found.Failure ?? "");
            hub.Tell(tenantId, serverId, change);
            return;
        }

        // Real differences are told by the swap; what only the server says, here.
        store.Saw(tenantId, serverId, found.Tools, offer);
        var real = store.Current.Registry.RoutesOf(tenantId).ById.TryGetValue(serverId, out var after) ? Gateway.Changes.Changes.Between(before, after) : Change.None;
        hub.Tell(tenantId, serverId, change & ~real);
        await reporter.Report(tenantId, serverId, found, stopping);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {Server} says that its lists changed, but they could not be read ({Failure}).")]
    private static partial void LookFailed(ILogger logger, string server, string failure);

    /// <summary>The last look that a refusal caused.</summary>
    private sealed record Refreshing(long At, Lazy<Task> Look);
}
