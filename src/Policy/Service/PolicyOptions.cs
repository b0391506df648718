using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Policy;

/// <summary>Section <c>Policy</c>: how much one installation, and one tenant, may keep. All of it is in the memory of every gateway.</summary>
public sealed class PolicyOptions
{
    public const string Section = "Policy";

    /// <summary>Tenants that are not deleted. Default 1000.</summary>
    [Range(1, 100_000)]
    public int MaxTenants { get; set; } = 1000;

    /// <summary>Keys of a tenant that are not revoked. Default 1000: some 300 bytes each in every gateway.</summary>
    [Range(1, 100_000)]
    public int MaxKeysPerTenant { get; set; } = 1000;

    /// <summary>Policy sets of a tenant. Default 200; at most 1000, which is what PolicyEngine reads.</summary>
    [Range(1, PolicyEngine.PolicyLimits.MaxRoles)]
    public int MaxPolicySetsPerTenant { get; set; } = 200;

    /// <summary>UTF-8 bytes of one policy set's rules. Default 256 KiB: some 500 rules of usual size.</summary>
    [Range(1024, PolicyEngine.PolicyLimits.MaxDocumentBytes)]
    public int MaxPolicySetBytes { get; set; } = 256 * 1024;
}
