using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>Who hands out a key.</summary>
/// <param name="KeyId">The key that the caller used; null when it used none, and then may hand out none.</param>
/// <param name="Platform">Set when the platform's own administration makes a key for another tenant, and was allowed to.</param>
public sealed record Granter(Guid? KeyId, PlatformGrant? Platform = null);

/// <summary>Permission to make any key for one tenant.</summary>
/// <param name="Until">The key may not outlive this; null = it may.</param>
public sealed record PlatformGrant(Guid TenantId, DateTimeOffset? Until);

/// <summary>A key never hands out more than it has: neither in rights nor in time.</summary>
internal static class Escalation
{
    public static Error? Check(CompiledPolicy policy, Guid tenantId, ApiKey? granter, KeyTerms terms, DateTimeOffset now)
    {
        if (granter is null || granter.State(now) != ApiKeyState.Active)
        {
            return Refused("Only a caller with an active API key of this tenant can create keys.");
        }

        if (Outlives(terms.ExpiresAt, granter.ExpiresAt))
        {
            return Refused($"The new key would outlive yours. Set expires_at to at most {granter.ExpiresAt:O}.");
        }

        var mine = policy.Resolve(new PrincipalInfo(tenantId.ToString(), granter.Subject, granter.Roles, granter.Scopes, granter.Id.ToString()));
        var theirs = policy.Resolve(new PrincipalInfo(tenantId.ToString(), terms.Subject, terms.Roles, terms.Scopes));
        return policy.MayGrant(mine, theirs)
            ? null
            : Refused("The new key could do more than yours. Use roles that you hold (all of those that deny), scopes within yours, and your own subject where rules ask for it; or ask an admin.");
    }

    public static bool Outlives(DateTimeOffset? inner, DateTimeOffset? outer) => outer is not null && (inner is null || inner > outer);

    public static Error Refused(string message) => Error.Forbidden("keys.escalation", message);
}
