using McpPlatform.Gateway.Limits;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.State;

/// <summary>Whoever holds one API key, with the policy that rules them already looked up.</summary>
public sealed class Caller
{
    internal Caller(Guid tenantId, string tenant, bool isTenantActive, Guid keyId, DateTimeOffset? expiresAt, CompiledPolicy policy, PrincipalInfo principal, RateGate rate, Bulkhead bulkhead, string? profile = null)
    {
        (TenantId, Tenant, IsTenantActive, KeyId, ExpiresAt, Policy, Rate, Bulkhead, ClientProfile) = (tenantId, tenant, isTenantActive, keyId, expiresAt, policy, rate, bulkhead, profile);
        Principal = policy.Resolve(principal);
    }

    public Guid TenantId { get; }

    /// <summary>Slug of the tenant.</summary>
    public string Tenant { get; }

    public bool IsTenantActive { get; }

    public Guid KeyId { get; }

    /// <summary>Whom the key stands for.</summary>
    public string Subject => Principal.Info.Subject;

    /// <summary>Null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    public CompiledPolicy Policy { get; }

    public CompiledPrincipal Principal { get; }

    /// <summary>The key's rate; lives on when the policy changes.</summary>
    public RateGate Rate { get; }

    /// <summary>Name of the profile of clients that use the key; null = by what the client says of itself.</summary>
    public string? ClientProfile { get; }

    /// <summary>The tenant's calls under way.</summary>
    public Bulkhead Bulkhead { get; }
}
