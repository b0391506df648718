using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;

namespace McpPlatform.Policy.Application.Tenants;

/// <summary>A tenant as the API shows it.</summary>
/// <param name="MaxConcurrency">Calls under way at once at each gateway; null = as the gateway's option says.</param>
public sealed record TenantView(Guid Id, string Slug, string Name, bool Active, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int? MaxConcurrency)
{
    internal static TenantView Of(Tenant tenant) => new(tenant.Id, tenant.Slug, tenant.Name, tenant.IsActive, tenant.CreatedAt, tenant.UpdatedAt, tenant.MaxConcurrency);

    internal static Error NotFound() => Error.NotFound("tenants.not_found", "There is no such tenant.");
}
