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
        gateway.MapGet("/status", Status).RequirePermission(Permissions.ServersRead).WithSummary("Snapshots and their ages, call records that wait, connections by state.");
        gateway.MapGet("/launchers", Launchers).RequirePermission(Permissions.ServersRead).WithSummary("Names of the operator's launchers and the variables that each takes.");
    }

    private static GatewayStatus Status(GatewayStateStore store, CallSpool spool, UpstreamPool pool)
    {
        var state = store.Current;
        return new GatewayStatus(
            spool.GatewayId,
            state.IsReady,
            Snapshot(state.Policy.Version, store.PolicyAge(state)),
            Snapshot(state.Registry.Version, store.RegistryAge(state)),
            store.Refused,
            new SpoolStatus(spool.UsedBytes, spool.Dropped, spool.Accepts),
            pool.Count().ToDictionary(c => c.Key.ToString().ToLowerInvariant(), c => c.Value));
    }

    private static LauncherList Launchers(LauncherBook book) =>
        new([.. book.Launchers.Values.OrderBy(l => l.Name, StringComparer.Ordinal).Select(l => new LauncherView(l.Name, l.Variables))]);

    private static SnapshotStatus? Snapshot(long version, TimeSpan age) => version < 0 ? null : new SnapshotStatus(version, (long)age.TotalMilliseconds);
}

/// <param name="Policy">Null before the first one.</param>
/// <param name="Registry">Null before the first one.</param>
/// <param name="SnapshotsRefused">Snapshots that were ignored since the start: older, empty or unreadable.</param>
/// <param name="Upstreams">Connections by state: idle, connecting, connected, failed.</param>
internal sealed record GatewayStatus(
    string GatewayId,
    bool Ready,
    SnapshotStatus? Policy,
    SnapshotStatus? Registry,
    long SnapshotsRefused,
    SpoolStatus Spool,
    IReadOnlyDictionary<string, int> Upstreams);

/// <param name="AgeMs">Since its service last confirmed it.</param>
internal sealed record SnapshotStatus(long Version, long AgeMs);

/// <param name="UsedBytes">On disk, not yet stored by tracing.</param>
/// <param name="Dropped">Records lost since the start because there was no room or no disk.</param>
/// <param name="Accepts">Whether a record written now is kept.</param>
internal sealed record SpoolStatus(long UsedBytes, long Dropped, bool Accepts);

internal sealed record LauncherList(IReadOnlyList<LauncherView> Items);

internal sealed record LauncherView(string Name, IReadOnlyList<string> Variables);
