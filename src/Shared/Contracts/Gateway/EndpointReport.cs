namespace McpPlatform.Contracts.Gateway;

/// <summary>
/// Body of <c>POST /internal/v1/registry/endpoint-reports</c>: how the endpoints of a tenant's servers look from one gateway. Always all that the gateway has
/// used or left alone, so a report that got lost is made up for by the next one. Sent when a breaker changes, and every 20 s.
/// </summary>
public sealed record EndpointReport(string GatewayId, Guid TenantId, IReadOnlyList<ReportedEndpoint> Endpoints);

/// <summary>One endpoint as a gateway sees it.</summary>
/// <param name="Endpoint">Its id, see <see cref="Registry.ServerEndpoint.IdOf"/>.</param>
/// <param name="Breaker"><c>closed</c>, <c>open</c>, <c>half_open</c> or <c>forced_open</c>.</param>
/// <param name="Failures">In a row.</param>
public sealed record ReportedEndpoint(Guid ServerId, string Endpoint, string Breaker, int Failures);
