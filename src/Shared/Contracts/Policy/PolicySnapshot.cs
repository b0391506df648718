using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpPlatform.Contracts.Policy;

/// <summary>Everything a gateway needs to authenticate and to decide, for all tenants. Served with an ETag made of <see cref="Version"/>.</summary>
/// <param name="Version">Grows with every change; a gateway never goes back to a smaller one.</param>
public sealed record PolicySnapshot(long Version, DateTimeOffset GeneratedAt, IReadOnlyList<TenantPolicy> Tenants);

/// <summary>One tenant's part.</summary>
/// <param name="Active">False: no key of this tenant authenticates.</param>
/// <param name="Document">The tenant's roles with their rules, as PolicyEngine parses them. A part that does not parse denies.</param>
/// <param name="MaxConcurrency">Calls of the tenant under way at once at one gateway; null = as the gateway's own option says.</param>
public sealed record TenantPolicy(Guid TenantId, string Slug, bool Active, JsonElement Document, IReadOnlyList<KeyGrant> Keys, int? MaxConcurrency = null);

/// <summary>One API key, as a gateway knows it: by hash only.</summary>
/// <param name="Hash">SHA-256 of the whole key, lower-case hex.</param>
/// <param name="Subject">Whom the key stands for; goes to call records.</param>
/// <param name="Roles">Names of roles in the tenant's document, or the built-in <c>admin</c>, <c>viewer</c>.</param>
/// <param name="Scopes">Action patterns that bound what the roles give; empty = no bound.</param>
/// <param name="ExpiresAt">Null = never.</param>
/// <param name="Rate">Requests per second; null = as the gateway's own option says.</param>
/// <param name="Burst">Requests at once after a pause; null = a second's worth of its own rate, or as the gateway's own option says.</param>
/// <param name="ClientProfile">Name of the client profile for whoever uses it; null = by what the client says of itself.</param>
public sealed record KeyGrant(
    Guid KeyId,
    string Hash,
    string Subject,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Scopes,
    DateTimeOffset? ExpiresAt,
    double? Rate = null,
    int? Burst = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ClientProfile = null);
