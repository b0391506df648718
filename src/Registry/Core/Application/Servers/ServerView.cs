using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>A server as the API shows it. Of headers and variables only the names: their values are never readable back.</summary>
/// <param name="Version">Its ETag.</param>
/// <param name="HealthMessage">Why it is unhealthy, or what of its lists is left out; empty when there is nothing to say.</param>
/// <param name="Scope">Who shares a process of a stdio server; null for others.</param>
/// <param name="IdleStopMs">Null = as the gateway's option says.</param>
/// <param name="MaxInstances">Null = as the gateway's option says.</param>
/// <param name="ToolCount">Tools of the last good catalog.</param>
/// <param name="RateLimit">For all calls of it, all gateways together; null = none.</param>
/// <param name="ToolRateLimits">For single tools, by name; null = none.</param>
/// <param name="MaxConcurrency">Calls under way at once at each gateway; null = as the gateway's option says.</param>
/// <param name="Definitions">What becomes of changed definitions: <c>auto</c> or <c>quarantine</c>; null = as the operator's option says.</param>
/// <param name="TrustOnFirstUse">Under quarantine: whether what was there at first is accepted; null = it is.</param>
/// <param name="Origin">File and line that declare it, where managed_by is file; it is read-only here then.</param>
/// <param name="Cache">Which tools' results gateways may keep; null = of none.</param>
public sealed record ServerView(
    Guid Id,
    string Slug,
    string Title,
    ServerTransport Transport,
    string? Url,
    string? Launcher,
    bool AllowPrivateAddress,
    IReadOnlyList<string> Headers,
    IReadOnlyList<string> Variables,
    string Environment,
    IReadOnlyList<string> Tags,
    bool Enabled,
    ManagedBy ManagedBy,
    ServerHealth Health,
    string HealthMessage,
    string ProtocolVersion,
    string ServerName,
    int ToolCount,
    string CatalogHash,
    DateTimeOffset? LastDiscoveredAt,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    ServerTimeouts? Timeouts,
    int? MaxAttempts,
    IReadOnlyList<ServerEndpoint>? Endpoints,
    ServerBalancing? Balancing,
    string? Scope,
    int? IdleStopMs,
    int? MaxInstances,
    CallRate? RateLimit,
    IReadOnlyDictionary<string, CallRate>? ToolRateLimits,
    int? MaxConcurrency,
    string? Definitions,
    bool? TrustOnFirstUse,
    string? Origin,
    ServerCache? Cache) : IVersioned
{
    internal static ServerView Of(RegisteredServer s) => new(
        s.Id, s.Slug, s.Title, s.Transport, s.Url, s.Launcher, s.AllowPrivateAddress, Names(s.Headers), Names(s.Variables), s.Environment, s.Tags, s.Enabled, s.ManagedBy,
        s.Seen.Health, s.Seen.Message, s.Seen.ProtocolVersion, s.Seen.ServerName, s.Seen.ToolCount, s.Seen.CatalogHash, s.Seen.At, s.Version, s.CreatedAt, s.UpdatedAt,
        s.Delivery.Timeouts, s.Delivery.MaxAttempts, s.Delivery.Endpoints, s.Delivery.Balancing,
        s.Transport == ServerTransport.Stdio ? s.Delivery.Process?.Scope ?? "tenant" : null, s.Delivery.Process?.IdleStopMs, s.Delivery.Process?.MaxInstances,
        s.Delivery.Limits?.Rate, s.Delivery.Limits?.Tools, s.Delivery.Limits?.MaxConcurrency,
        s.Delivery.Definitions?.Name, s.Delivery.Definitions?.TrustFirstUse, s.Origin, s.Delivery.Cache);

    internal static Error NotFound() => Error.NotFound("servers.not_found", "There is no such server.");

    internal static Error SlugTaken(string slug) => Error.Conflict("servers.exists", $"A server with the slug '{slug}' exists already. Choose another one, or change that one.");

    internal static Error FactoryOwns(string slug) =>
        Error.Conflict("servers.managed", $"'{slug}' is managed by its deployment. Change or delete the deployment; here it can only be enabled and disabled.");

    internal static Error FileOwns(RegisteredServer server) =>
        Error.Conflict("servers.managed", $"'{server.Slug}' is declared in {server.Origin}. Change it there: it is taken over within seconds where the platform reads the file, else by 'mcpp config apply'.");

    internal static Error Changed(int version) => Error.PreconditionFailed("servers.changed", $"It has version {version} by now. Read it again and repeat your change.");

    private static string[] Names(IReadOnlyList<StoredSecret> secrets) => [.. secrets.Select(s => s.Name)];
}
