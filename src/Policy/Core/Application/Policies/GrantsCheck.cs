using System.Text;
using System.Text.Json;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Policy.Application.Policies;

/// <summary>Refuses at write time what would deny at run time.</summary>
internal static class GrantsCheck
{
    /// <summary>
    /// Checks a role against the grammar, with the place and the fix of each problem, and the tenant's whole policy with it against the limits.
    /// </summary>
    /// <param name="name">Name of the role.</param>
    /// <param name="grants">Its rules, as sent.</param>
    /// <param name="stored">The tenant's roles as they are now.</param>
    /// <param name="quotas">The operator's limits.</param>
    public static Result<string> Check(string name, JsonElement grants, IReadOnlyList<RoleText> stored, PolicyQuotas quotas)
    {
        var text = grants.GetRawText();
        if (Encoding.UTF8.GetByteCount(text) > quotas.MaxPolicySetBytes)
        {
            return Error.TooLarge("policies.too_large", $"The rules have more than {quotas.MaxPolicySetBytes} bytes (option Policy__MaxPolicySetBytes). Split them into two roles.");
        }

        var role = new RoleText(name, text);
        PolicyRole.Parse(TenantDocument.Of(role), out var problems);
        if (problems.Count > 0)
        {
            return Error.Invalid(
                "policies.malformed",
                "A rule cannot be read, and so would deny everything to the holders of this role; see details for each place.",
                [.. problems.Select(p => new ErrorDetail(p.Path, $"{p.Reason} {p.Fix}"))]);
        }

        var whole = PolicyDocument.Parse(TenantDocument.Of([.. stored.Where(r => r.Name != name), role]).Span);
        return whole.IsUnreadable
            ? Error.Unprocessable("policies.tenant_limit", $"The tenant's policy as a whole would be too large. {whole.Problems[0].Reason} {whole.Problems[0].Fix}")
            : text;
    }
}
