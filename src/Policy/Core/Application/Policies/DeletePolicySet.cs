using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Policies;

/// <summary>
/// Deletes a role. Twice is once. Fails with <c>policies.not_found</c>, <c>policies.built_in</c>, <c>policies.changed</c>, and <c>policies.in_use</c> while
/// a key holds it: a role that denies must not vanish from under its holders.
/// </summary>
public sealed record DeletePolicySet(string PolicySet, long? ExpectedVersion) : IRequest<Result>;

internal sealed class DeletePolicySetHandler(
    IPolicySets policySets,
    IApiKeys keys,
    IPolicyVersion version,
    IEventOutbox outbox,
    TenantContext tenant,
    TimeProvider clock) : IRequestHandler<DeletePolicySet, Result>
{
    public async Task<Result> Handle(DeletePolicySet request, CancellationToken cancellationToken)
    {
        if (BuiltInRoles.Contains(request.PolicySet))
        {
            return PolicySetView.CannotChange(request.PolicySet);
        }

        var next = await version.Next(cancellationToken);
        if (await policySets.Find(request.PolicySet, cancellationToken) is not { } set)
        {
            return PolicySetView.NotFound();
        }

        if (set.DeletedAt is not null)
        {
            return Result.Success;
        }

        if (request.ExpectedVersion is { } expected && expected != set.Version)
        {
            return Error.PreconditionFailed("policies.changed", $"It has version {set.Version} by now. Read it again and repeat your change.");
        }

        if (set.ManagedBy == PolicyManagedBy.File)
        {
            return PolicySetView.FileOwns(set);
        }

        var now = clock.GetUtcNow();
        if (await keys.AnyHolds(set.Name, now, cancellationToken))
        {
            return Error.Conflict("policies.in_use", $"Keys hold the role '{set.Name}'. Revoke them first.");
        }

        set.Delete(tenant.Actor, now);
        outbox.Publish(set.TenantId, next, now);
        return Result.Success;
    }
}
