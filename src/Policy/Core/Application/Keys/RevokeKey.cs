using McpPlatform.Contracts.Policy;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>
/// Revokes a key for good. Twice is once. Fails with <c>keys.not_found</c>, and with <c>keys.last_admin</c> for the last admin key of the tenant
/// <c>default</c>: without it nobody could make another one.
/// </summary>
public sealed record RevokeKey(Guid Id) : IRequest<Result>;

internal sealed class RevokeKeyHandler(IApiKeys keys, IPolicyVersion version, IEventOutbox outbox, TenantContext tenant, TimeProvider clock)
    : IRequestHandler<RevokeKey, Result>
{
    public async Task<Result> Handle(RevokeKey request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await keys.Find(request.Id, cancellationToken) is not { } key)
        {
            return KeyView.NotFound();
        }

        var now = clock.GetUtcNow();
        if (key is { RevokedAt: null } && key.TenantId == DefaultTenant.Id && key.Roles.Contains(BuiltInRoles.Admin)
            && !await keys.AnyOtherHolds(BuiltInRoles.Admin, key.Id, cancellationToken))
        {
            return Error.Conflict("keys.last_admin", "This is the last admin key of the platform's own tenant. Make another one first.");
        }

        if (key.Revoke(tenant.Actor, now))
        {
            outbox.Add(new KeyRevoked(Guid.CreateVersion7(now), now, key.TenantId, key.Id, next));
        }

        return Result.Success;
    }
}
