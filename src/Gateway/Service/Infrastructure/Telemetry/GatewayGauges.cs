using System.Diagnostics.Metrics;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Bridge;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Infrastructure.Changes;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway.Infrastructure.Telemetry;

/// <summary>What this gateway is like at the moment it is asked. Nothing is kept for it: what is observed is what the gateway works with.</summary>
internal sealed class GatewayGauges : IHostedService, IDisposable
{
    private readonly Meter _meter = new(GatewayMetrics.Name);
    private readonly GatewayStateStore _store;

    public GatewayGauges(GatewayStateStore store, UpstreamPool pool, CallSpool spool, McpEndpoint endpoint, HeldCalls held, ChangeHub hub, ServerWatches watches, ResultCache cache)
    {
        _store = store;
        AddEndpoints();
        AddServers();
        AddConnections(pool);
        AddSpool(spool);
        AddSnapshots();
        AddCache(cache);
        _meter.CreateObservableGauge("mcpp.gateway.sessions", () => endpoint.SessionCount, "{session}", "Sessions of legacy clients that live on this gateway.");
        _meter.CreateObservableCounter("mcpp.gateway.sessions.displaced", () => endpoint.SessionsDisplaced, "{session}", "Idle sessions that ended to make room for others.");
        _meter.CreateObservableCounter("mcpp.gateway.sessions.refused", () => endpoint.SessionsRefused, "{session}", "Sessions refused because as many as there may be were in use.");
        _meter.CreateObservableGauge("mcpp.gateway.sessions.kept", () => endpoint.KeptBytes, "By", "What sessions keep for clients that lost their connection.");
        _meter.CreateObservableGauge("mcpp.gateway.calls.held", () => held.Count, "{call}", "Calls at servers that wait for their client's answer to a question.");
        _meter.CreateObservableGauge("mcpp.gateway.subscriptions", () => hub.Count, "{subscription}", "Sessions and streams that are told when servers change.");
        _meter.CreateObservableGauge("mcpp.gateway.servers.watched", () => watches.Count, "{server}", "Servers that are listened to because somebody wants to be told.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);

    private void AddEndpoints()
    {
        _meter.CreateObservableGauge(
            "mcpp.gateway.endpoint.health",
            () => Endpoints(endpoint => IsHealthy(endpoint) ? 1 : 0),
            description: "1 where calls go to the endpoint, 0 where its breaker keeps them away or tries whether it works again.");
        _meter.CreateObservableGauge(
            "mcpp.gateway.breaker.state", () => Endpoints(State), description: "Breaker of the endpoint: 0 closed, 1 half open, 2 open, 3 forced open.");
    }

    private void AddServers()
    {
        _meter.CreateObservableGauge("mcpp.gateway.calls.in_flight", () => Servers(server => server.Bulkhead.UnderWay), "{call}", "Calls of the server under way.");
        _meter.CreateObservableGauge("mcpp.gateway.calls.waiting", () => Servers(server => server.Bulkhead.Waiting), "{call}", "Calls that wait for a place at the server.");
    }

    private void AddConnections(UpstreamPool pool)
    {
        _meter.CreateObservableGauge("mcpp.gateway.connections", () => Connections(pool), "{connection}", "Connections to servers by state.");
        _meter.CreateObservableGauge(
            "mcpp.gateway.processes",
            () => (Measurement<int>[])[new(pool.Places.Taken.Count, Tag("mcpp.state", "running")), new(pool.Places.Waiting, Tag("mcpp.state", "waiting"))],
            "{process}",
            "Processes of stdio servers: running, those included that start or end, and waiting for a place.");
    }

    private void AddSpool(CallSpool spool)
    {
        _meter.CreateObservableGauge("mcpp.gateway.spool.used", () => spool.UsedBytes, "By", "Call records on disk that tracing has not stored yet.");
        _meter.CreateObservableCounter("mcpp.gateway.spool.dropped", () => spool.Dropped, "{record}", "Call records lost because there was no room or no disk.");
    }

    private void AddCache(ResultCache cache)
    {
        _meter.CreateObservableGauge("mcpp.gateway.cache.used", () => cache.Statistics.Bytes, "By", "What is kept of servers' results.");
        _meter.CreateObservableGauge("mcpp.gateway.cache.entries", () => cache.Statistics.Entries, "{result}", "Results of servers that are kept.");
        _meter.CreateObservableGauge("mcpp.gateway.cache.hit_ratio", () => cache.Statistics.HitRatio, description: "Requests answered without the server, of all since the start whose answer could be kept.");
        _meter.CreateObservableCounter("mcpp.gateway.cache.evictions", () => cache.Statistics.Evictions, "{result}", "Results that left to make room for others.");
    }

    private void AddSnapshots()
    {
        _meter.CreateObservableGauge("mcpp.gateway.snapshot.age", () => Ages(), "s", "Since the service confirmed what rules here. Absent before the first snapshot.");
        _meter.CreateObservableGauge("mcpp.gateway.snapshot.version", () => Versions(), description: "Version of what rules here. Absent before the first snapshot.");
        _meter.CreateObservableCounter("mcpp.gateway.snapshots.refused", () => _store.Refused, "{snapshot}", "Snapshots that were ignored: older, empty or unreadable.");
    }

    private IEnumerable<Measurement<int>> Endpoints(Func<EndpointRoute, int> value) =>
        from server in Routes()
        from endpoint in server.Endpoints
        select new Measurement<int>(value(endpoint), Tag("mcpp.tenant", server.TenantId), Tag("mcpp.server", server.Slug), Tag("mcpp.endpoint", endpoint.Id));

    private IEnumerable<Measurement<int>> Servers(Func<ServerRoute, int> value) =>
        Routes().Select(server => new Measurement<int>(value(server), Tag("mcpp.tenant", server.TenantId), Tag("mcpp.server", server.Slug)));

    private IEnumerable<ServerRoute> Routes() => _store.Current.Registry.Tenants.Values.SelectMany(tenant => tenant.Servers.Values);

    private static bool IsHealthy(EndpointRoute endpoint) => !endpoint.IsForcedOpen && endpoint.State.Breaker.State == BreakerState.Closed;

    private static int State(EndpointRoute endpoint) => endpoint.IsForcedOpen ? 3 : endpoint.State.Breaker.State switch
    {
        BreakerState.Open => 2,
        BreakerState.HalfOpen => 1,
        _ => 0,
    };

    private static IEnumerable<Measurement<int>> Connections(UpstreamPool pool)
    {
        var count = pool.Count();
        return Enum.GetValues<UpstreamStatus>().Select(status => new Measurement<int>(count.GetValueOrDefault(status), Tag("mcpp.state", status.ToString().ToLowerInvariant())));
    }

    private IEnumerable<Measurement<double>> Ages()
    {
        var state = _store.Current;
        return Snapshots(state, _store.PolicyAge(state).TotalSeconds, _store.RegistryAge(state).TotalSeconds);
    }

    private IEnumerable<Measurement<long>> Versions() => _store.Current is var state ? Snapshots(state, state.Policy.Version, state.Registry.Version) : [];

    private static IEnumerable<Measurement<T>> Snapshots<T>(GatewayState state, T policy, T registry)
        where T : struct
    {
        if (state.Policy.Version >= 0)
        {
            yield return new Measurement<T>(policy, Tag("mcpp.snapshot", "policy"));
        }

        if (state.Registry.Version >= 0)
        {
            yield return new Measurement<T>(registry, Tag("mcpp.snapshot", "registry"));
        }
    }
}
