using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application;

/// <summary>From stored servers to what gateways read.</summary>
public static class SnapshotOf
{
    public static ServerConnection Connection(RegisteredServer server) => new(
        server.Transport.ToString().ToLowerInvariant(),
        server.Url,
        server.Launcher,
        server.AllowPrivateAddress,
        [.. server.Headers.Select(h => new ProtectedValue(h.Name, h.Ciphertext))],
        [.. server.Variables.Select(v => new ProtectedValue(v.Name, v.Ciphertext))],
        server.Delivery.Timeouts,
        server.Delivery.Endpoints,
        server.Delivery.Process);

    public static RouteEntry Route(IntentRoute route) => new(
        route.Id, route.TenantId, route.Intent, route.Description, route.Environment, route.IntentVersion, route.Candidates,
        route.Balancing switch { RouteBalancing.RoundRobin => "round_robin", RouteBalancing.WeightedRandom => "weighted_random", _ => "failover" });

    public static IntegrationEntry Integration(Integration integration) =>
        new(integration.Id, integration.TenantId, integration.Name, integration.Server, integration.Environment, integration.Capabilities);

    public static ToolSetEntry Entry(ToolSet set) => new(set.Id, set.TenantId, set.Slug, set.Version, set.Terms);

    public static ServerEntry Entry(RegisteredServer server, IEnumerable<ToolDefinition> tools, ServerOffer? offer, IReadOnlyList<DefinitionPin>? pins) => new(
        server.Id,
        server.TenantId,
        server.Slug,
        server.Title,
        server.Enabled,
        server.Environment,
        server.Tags,
        Connection(server),
        server.Seen.CatalogHash,
        [.. tools],
        server.Delivery.MaxAttempts,
        server.Delivery.Balancing,
        server.Delivery.Breakers,
        offer,
        server.Delivery.Limits,
        pins,
        server.Delivery.Cache,
        server.Delivery.CacheClears);
}
