using McpPlatform.Contracts.Gateway;
using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>The last report of one gateway about a tenant's endpoints.</summary>
public sealed class EndpointReports : ITenantOwned
{
    public const int MaxGatewayIdLength = 64;

    /// <summary>Older ones say nothing any more: their gateway is gone, or cannot report. Three reports missed.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(1);

    /// <summary>Those of gateways that are gone are removed after this long. A day: it tells people which gateways there were.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    private EndpointReports()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public string GatewayId { get; private set; } = "";

    public DateTimeOffset At { get; private set; }

    public IReadOnlyList<ReportedEndpoint> Endpoints { get; private set; } = [];

    public static EndpointReports Of(Guid tenantId, string gatewayId, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), TenantId = tenantId, GatewayId = gatewayId, At = now };

    /// <summary>Takes a new report. The servers that have become unreachable from the gateway, or reachable again, are to be looked at.</summary>
    public IReadOnlyList<Guid> Take(IReadOnlyList<ReportedEndpoint> endpoints, DateTimeOffset now)
    {
        var (before, after) = (Unreachable(Endpoints), Unreachable(endpoints));
        (Endpoints, At) = (endpoints, now);
        before.SymmetricExceptWith(after);
        return [.. before];
    }

    private static HashSet<Guid> Unreachable(IReadOnlyList<ReportedEndpoint> endpoints) =>
        [.. endpoints.GroupBy(e => e.ServerId).Where(server => server.All(e => e.Breaker is "open" or "half_open")).Select(server => server.Key)];
}
