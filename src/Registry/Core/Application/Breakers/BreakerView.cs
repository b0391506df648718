using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Breakers;

/// <summary>The breaker of one endpoint, as every gateway sees it that has used the endpoint.</summary>
/// <param name="Id">For <c>/api/v1/breakers/{id}</c>.</param>
/// <param name="Address">Url or launcher.</param>
/// <param name="ForcedOpen">Somebody keeps calls away from it.</param>
public sealed record BreakerView(string Id, string Server, string Address, int Weight, bool ForcedOpen, IReadOnlyList<GatewayBreaker> Gateways)
{
    /// <summary>All breakers of a server.</summary>
    internal static IEnumerable<BreakerView> Of(RegisteredServer server, IReadOnlyList<EndpointReports> reports) => server.Places().Select(place =>
    {
        var id = ServerEndpoint.IdOf(server.Id, place.Url);
        return new BreakerView(
            id,
            server.Slug,
            place.Url,
            place.Weight,
            server.Delivery.OrderFor(place.Url) is { ForcedOpen: true },
            [.. reports.SelectMany(report => report.Endpoints
                .Where(e => e.ServerId == server.Id && e.Endpoint == id)
                .Select(e => new GatewayBreaker(report.GatewayId, e.Breaker, e.Failures, report.At)))]);
    });

    internal static Error NotFound() => Error.NotFound("breakers.not_found", "There is no such breaker. GET /api/v1/breakers lists them.");
}

/// <param name="Breaker"><c>closed</c>, <c>open</c>, <c>half_open</c> or <c>forced_open</c>.</param>
/// <param name="Failures">In a row.</param>
/// <param name="ReportedAt">A gateway reports every 20 s, and when a breaker changes.</param>
public sealed record GatewayBreaker(string Gateway, string Breaker, int Failures, DateTimeOffset ReportedAt);

/// <summary>How a server is: what the last look at it found, and how its endpoints look from the gateways.</summary>
/// <param name="HealthMessage">Why it is unhealthy; empty otherwise.</param>
public sealed record ServerHealthView(Guid Id, string Slug, ServerHealth Health, string HealthMessage, DateTimeOffset? LastDiscoveredAt, IReadOnlyList<BreakerView> Endpoints);
