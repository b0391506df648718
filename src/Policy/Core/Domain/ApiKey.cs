using McpPlatform.Kernel;

namespace McpPlatform.Policy.Domain;

/// <summary>Whether a key authenticates.</summary>
public enum ApiKeyState
{
    Active,
    Expired,
    Revoked,
}

/// <summary>An API key, known by its hash. Its rights never change; whoever needs other roles makes another key. How often it may ask can change, and it is revoked for good.</summary>
public sealed class ApiKey : ITenantOwned, IAudited
{
    public const int MaxNameLength = 128;
    public const int MaxSubjectLength = 128;
    public const int MaxProfileLength = 64;

    private ApiKey()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>Whom the key stands for in decisions, call records and audit.</summary>
    public string Subject { get; private set; } = "";

    public string Hash { get; private set; } = "";

    public string Prefix { get; private set; } = "";

    public string LastFour { get; private set; } = "";

    public IReadOnlyList<string> Roles { get; private set; } = [];

    /// <summary>Action patterns that bound what the roles give; empty = no bound.</summary>
    public IReadOnlyList<string> Scopes { get; private set; } = [];

    /// <summary>Null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>Requests per second; null = as the gateways' option says.</summary>
    public double? Rate { get; private set; }

    /// <summary>Requests at once after a pause; null = a second's worth of its own rate, or as the option says.</summary>
    public int? Burst { get; private set; }

    /// <summary>Name of the gateways' client profile for whoever uses it; null = by what the client says of itself.</summary>
    public string? ClientProfile { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public string CreatedBy { get; private set; } = "";

    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Empty until revoked.</summary>
    public string RevokedBy { get; private set; } = "";

    string IAudited.AuditName => Name;

    public static ApiKey Issue(Guid tenantId, ApiKeyText text, KeyTerms terms, string createdBy, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TenantId = tenantId,
        Name = terms.Name,
        Subject = terms.Subject,
        Hash = text.Hash,
        Prefix = text.Prefix,
        LastFour = text.LastFour,
        Roles = [.. terms.Roles.Distinct(StringComparer.Ordinal)],
        Scopes = [.. terms.Scopes.Distinct(StringComparer.Ordinal)],
        ExpiresAt = terms.ExpiresAt?.ToUniversalTime(),
        Rate = terms.Rate,
        Burst = terms.Burst,
        ClientProfile = terms.ClientProfile,
        CreatedAt = now,
        CreatedBy = Actor.Shorten(createdBy),
    };

    public ApiKeyState State(DateTimeOffset now) => RevokedAt is not null ? ApiKeyState.Revoked : ExpiresAt <= now ? ApiKeyState.Expired : ApiKeyState.Active;

    /// <summary>Sets how often it may ask. Null leaves a part as it is; 0 brings the gateways' own back.</summary>
    public void Limit(double? rate, int? burst) => (Rate, Burst) = (rate is 0 ? null : rate ?? Rate, burst is 0 ? null : burst ?? Burst);

    /// <summary>Says what its clients can take; empty takes it back.</summary>
    public void Describe(string profile) => ClientProfile = profile.Length == 0 ? null : profile;

    /// <summary>Revokes; false when it was revoked already, and nothing changes.</summary>
    public bool Revoke(string by, DateTimeOffset now)
    {
        if (RevokedAt is not null)
        {
            return false;
        }

        (RevokedAt, RevokedBy) = (now, Actor.Shorten(by));
        return true;
    }
}

/// <summary>What a new key is to be.</summary>
public sealed record KeyTerms(string Name, string Subject, IReadOnlyList<string> Roles, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, double? Rate = null, int? Burst = null, string? ClientProfile = null);
