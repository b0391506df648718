using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Tenants;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>
/// Whether a caller of the default tenant may make keys for another tenant: only one who could make any key in its own. Fails with
/// <c>tenants.not_found</c> or <c>keys.escalation</c>.
/// </summary>
public sealed record GrantAcrossTenants(string Tenant, Guid? KeyId) : IRequest<Result<PlatformGrant>>, IQuery;

internal sealed class GrantAcrossTenantsHandler(ITenants tenants, IApiKeys keys, IPolicySets policySets, TenantContext current, TimeProvider clock)
    : IRequestHandler<GrantAcrossTenants, Result<PlatformGrant>>
{
    public async Task<Result<PlatformGrant>> Handle(GrantAcrossTenants request, CancellationToken cancellationToken)
    {
        if (await tenants.Find(request.Tenant, cancellationToken) is not { DeletedAt: null } tenant)
        {
            return TenantView.NotFound();
        }

        var own = request.KeyId is { } id ? await keys.Find(id, cancellationToken) : null;
        var policy = CompiledPolicy.Compile(PolicyDocument.Parse(TenantDocument.Of(await policySets.Roles(cancellationToken)).Span));
        var anything = new KeyTerms("", "", [BuiltInRoles.Admin], [], own?.ExpiresAt);
        return current.TenantId != DefaultTenant.Id
            ? Escalation.Refused("Only the default tenant administers other tenants.")
            : Escalation.Check(policy, DefaultTenant.Id, own, anything, clock.GetUtcNow()) is { } error
                ? error
                : new PlatformGrant(tenant.Id, own!.ExpiresAt);
    }
}
