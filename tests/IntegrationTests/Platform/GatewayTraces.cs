using System.Globalization;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>What a gateway holds for its clients, by its own count, by that of the servers behind it, and by the operating system's.</summary>
internal sealed record GatewayTraces(
    double Sessions, double Connections, double Processes, double Subscriptions, double Watched, double Held, double InFlight, int UpstreamSessions, int UpstreamStreams, int Children, int Handles)
{
    /// <summary>Connections that are kept for the next request, and the runtime's own files: a few more are no leak, one for each of hundreds would be.</summary>
    private const int Slack = 24;

    public static async Task<GatewayTraces> Of(ApiClient admin, int process, params WireUpstream[] upstreams)
    {
        var metrics = (await admin.Get("/api/v1/admin/metrics")).Json["metrics"]!.AsArray();
        double Sum(string name, string? state = null) => metrics.Where(m => m!["name"]!.GetValue<string>() == name).SelectMany(m => m!["points"]!.AsArray())
            .Where(p => state is null || p!["attributes"]!["mcpp.state"]?.GetValue<string>() == state).Sum(p => p!["value"]!.GetValue<double>());
        var use = GatewayUse.Of(process);
        return new(
            Sum("mcpp.gateway.sessions"), Sum("mcpp.gateway.connections"), Sum("mcpp.gateway.processes", "running"), Sum("mcpp.gateway.subscriptions"), Sum("mcpp.gateway.servers.watched"),
            Sum("mcpp.gateway.calls.held"), Sum("mcpp.gateway.calls.in_flight"), upstreams.Sum(u => u.Sessions.Count), upstreams.Sum(u => u.Streams + u.Listening.Count), use.Children, use.Handles);
    }

    /// <summary>As much as before, to the last one; handles within a few.</summary>
    public bool IsBackTo(GatewayTraces before) => this with { Handles = 0 } == before with { Handles = 0 } && Handles <= before.Handles + Slack;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Sessions} sessions, {Connections} connections, {Processes} processes, {Subscriptions} subscriptions, {Watched} watched, {Held} held, {InFlight} in flight, {UpstreamSessions} sessions and {UpstreamStreams} streams at servers, {Children} children, {Handles} handles");
}
