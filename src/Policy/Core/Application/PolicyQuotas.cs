namespace McpPlatform.Policy.Application;

/// <summary>How much there may be, as the operator set it.</summary>
/// <param name="MaxTenants">Tenants that are not deleted.</param>
/// <param name="MaxKeysPerTenant">Keys that are not revoked, expired ones included.</param>
/// <param name="MaxPolicySetsPerTenant">Policy sets that are not deleted.</param>
/// <param name="MaxPolicySetBytes">UTF-8 bytes of one policy set's rules.</param>
public sealed record PolicyQuotas(int MaxTenants, int MaxKeysPerTenant, int MaxPolicySetsPerTenant, int MaxPolicySetBytes);
