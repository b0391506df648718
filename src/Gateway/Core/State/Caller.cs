using McpPlatform.Gateway.Calls;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.State;

/// <summary>Whoever holds one API key, with the policy that rules them already looked up.</summary>
public sealed class Caller
{
    internal Caller(Guid tenantId, string tenant, bool isTenantActive, Guid keyId, DateTimeOffset? expiresAt, CompiledPolicy policy, PrincipalInfo principal, TokenBucket bucket)
    {
        (TenantId, Tenant, IsTenantActive, KeyId, ExpiresAt, Policy, Bucket) = (tenantId, tenant, isTenantActive, keyId, expiresAt, policy, bucket);
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

    /// <summary>What the key has left of its rate; lives on when the policy changes.</summary>
    public TokenBucket Bucket { get; }
}
