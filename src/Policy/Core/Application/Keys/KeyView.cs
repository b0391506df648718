using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>A key as the API shows it: enough to recognise it, nothing to use it.</summary>
/// <param name="Prefix">The start of the key.</param>
/// <param name="Last4">Its last four characters.</param>
/// <param name="ExpiresAt">Null = never.</param>
/// <param name="LastChangedBy">Who created or, if it is revoked, revoked it.</param>
/// <param name="Rate">Requests per second; null = the platform's own.</param>
/// <param name="Burst">Requests at once after a pause; null = a second's worth of its own rate, or the platform's own.</param>
/// <param name="ClientProfile">Name of the gateways' client profile for whoever uses it; null = by what the client says of itself.</param>
public sealed record KeyView(
    Guid Id,
    string Name,
    string Subject,
    string Prefix,
    string Last4,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Scopes,
    ApiKeyState State,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? RevokedAt,
    DateTimeOffset LastChangedAt,
    string LastChangedBy,
    double? Rate,
    int? Burst,
    string? ClientProfile)
{
    internal static KeyView Of(ApiKey key, DateTimeOffset now) => new(
        key.Id,
        key.Name,
        key.Subject,
        key.Prefix,
        key.LastFour,
        key.Roles,
        key.Scopes,
        key.State(now),
        key.ExpiresAt,
        key.CreatedAt,
        key.CreatedBy,
        key.RevokedAt,
        key.RevokedAt ?? key.CreatedAt,
        key.RevokedAt is null ? key.CreatedBy : key.RevokedBy,
        key.Rate,
        key.Burst,
        key.ClientProfile);

    internal static Error NotFound() => Error.NotFound("keys.not_found", "There is no such key.");
}

/// <summary>A new key, with the only sight of its text.</summary>
/// <param name="Key">The key itself. It is not stored and cannot be shown again.</param>
public sealed record CreatedKey(string Key, KeyView Details);
