using McpPlatform.Gateway.Infrastructure.Launchers;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Security;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>How this gateway is doing, and what it can launch.</summary>
internal static class StatusEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var gateway = endpoints.MapGroup("/api/v1/gateway").WithTags("Gateway");
        gateway.MapGet("/status", Status).RequirePermission(Permissions.ServersRead)
            .WithSummary("Snapshots and their ages, call records that wait, connections by state, and the endpoints of your servers with their breakers.");
        gateway.MapGet("/launchers", Launchers).RequirePermission(Permissions.ServersRead).WithSummary("Names of the operator's launchers and the variables that each takes.");
    }

    private static GatewayStatus Status(HttpContext http, GatewayStateStore store, CallSpool spool, UpstreamPool pool, ProcessReaper reaper, TimeProvider time)
    {
        var state = store.Current;
        return new GatewayStatus(
            spool.GatewayId,
            state.IsReady,
            Snapshot(state.Policy.Version, store.PolicyAge(state)),
            Snapshot(state.Registry.Version, store.RegistryAge(state)),
            store.Refused,
            new SpoolStatus(spool.UsedBytes, spool.Dropped, spool.Accepts),
            pool.Count().ToDictionary(c => c.Key.ToString().ToLowerInvariant(), c => c.Value),
            Processes(pool.Places, reaper),
            [.. state.Registry.RoutesOf(http.Caller().TenantId).Servers.Values.OrderBy(server => server.Slug, StringComparer.Ordinal).Select(server => Server(server, time))]);
    }

    private static ProcessesStatus Processes(InstancePlaces places, ProcessReaper reaper)
    {
        var taken = places.Taken;
        return new ProcessesStatus(taken.Count, places.Limits.InAll, places.Waiting, places.Evicted, places.Refused, reaper.Orphans, reaper.Lost, reaper.Buried);
    }

    private static ServerStatus Server(ServerRoute server, TimeProvider time) => new(
        server.Slug, server.Budget.Left, server.Bulkhead.UnderWay, server.Bulkhead.Waiting, [.. server.Endpoints.Select(endpoint => Endpoint(endpoint, time))]);

    private static EndpointStatus Endpoint(EndpointRoute endpoint, TimeProvider time)
    {
        var breaker = endpoint.State.Breaker;
        var wait = breaker.Until is { } until ? Math.Max(0, (long)time.GetElapsedTime(time.GetTimestamp(), until).TotalMilliseconds) : (long?)null;
        return new EndpointStatus(
            endpoint.Id, endpoint.Connection.Url ?? endpoint.Connection.Launcher ?? "", endpoint.Weight, EndpointReporter.Name(endpoint), breaker.Failures, wait, endpoint.State.InFlight);
    }

    private static LauncherList Launchers(LauncherBook book) =>
        new([.. book.Launchers.Values.OrderBy(l => l.Name, StringComparer.Ordinal).Select(l => new LauncherView(l.Name, l.Variables))]);

    private static SnapshotStatus? Snapshot(long version, TimeSpan age) => version < 0 ? null : new SnapshotStatus(version, (long)age.TotalMilliseconds);
}

/// <param name="Policy">Null before the first one.</param>
/// <param name="Registry">Null before the first one.</param>
/// <param name="SnapshotsRefused">Snapshots that were ignored since the start: older, empty or unreadable.</param>
/// <param name="Upstreams">Connections by state: idle, connecting, connected, failed.</param>
/// <param name="Servers">Of the caller's tenant.</param>
internal sealed record GatewayStatus(
    string GatewayId,
    bool Ready,
    SnapshotStatus? Policy,
    SnapshotStatus? Registry,
    long SnapshotsRefused,
    SpoolStatus Spool,
    IReadOnlyDictionary<string, int> Upstreams,
    ProcessesStatus Processes,
    IReadOnlyList<ServerStatus> Servers);

/// <summary>Processes of stdio servers at this gateway.</summary>
/// <param name="Running">Now, those included that are starting or ending.</param>
/// <param name="Limit">Most at once.</param>
/// <param name="Waiting">For a place.</param>
/// <param name="Evicted">Stopped while idle to make room, since the start.</param>
/// <param name="Refused">Starts that waited for a place in vain, since the start.</param>
/// <param name="Orphans">Killed because nobody owned them any more, since the start.</param>
/// <param name="Lost">Connections let go because their process was gone, since the start.</param>
/// <param name="Buried">Dead ones that were adopted, since the start; where the gateway is the first process, as in a container.</param>
internal sealed record ProcessesStatus(int Running, int Limit, int Waiting, long Evicted, long Refused, long Orphans, long Lost, long Buried);

/// <param name="Retries">That could be made at once.</param>
/// <param name="InFlight">Calls under way.</param>
/// <param name="Waiting">Calls that wait for one of these to end.</param>
internal sealed record ServerStatus(string Server, int Retries, int InFlight, int Waiting, IReadOnlyList<EndpointStatus> Endpoints);

/// <summary>As this gateway sees it: each gateway finds out by itself.</summary>
/// <param name="Id">Of its breaker.</param>
/// <param name="Breaker">closed, open, half_open or forced_open.</param>
/// <param name="Failures">In a row.</param>
/// <param name="RetryMs">Until it is tried again; null while closed.</param>
/// <param name="InFlight">Calls under way; counted for servers with several endpoints.</param>
internal sealed record EndpointStatus(string Id, string Address, int Weight, string Breaker, int Failures, long? RetryMs, int InFlight);

/// <param name="AgeMs">Since its service last confirmed it.</param>
internal sealed record SnapshotStatus(long Version, long AgeMs);

/// <param name="UsedBytes">On disk, not yet stored by tracing.</param>
/// <param name="Dropped">Records lost since the start because there was no room or no disk.</param>
/// <param name="Accepts">Whether a record written now is kept.</param>
internal sealed record SpoolStatus(long UsedBytes, long Dropped, bool Accepts);

internal sealed record LauncherList(IReadOnlyList<LauncherView> Items);

internal sealed record LauncherView(string Name, IReadOnlyList<string> Variables);
