using System.Text.Json;
using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Policies;

/// <summary>
/// Replaces a role's rules. Fails with <c>policies.not_found</c>, <c>policies.malformed</c> (a detail per problem), <c>policies.built_in</c>, and
/// <c>policies.changed</c> when the version is not the expected one.
/// </summary>
/// <param name="PolicySet">Id or name.</param>
/// <param name="Name">Null, or the name it has: roles are not renamed, because keys hold them by name.</param>
/// <param name="ExpectedVersion">From If-Match; null = whatever it is, the last writer wins.</param>
public sealed record ReplacePolicySet(string PolicySet, string? Name, string? Description, JsonElement Grants, long? ExpectedVersion) : IRequest<Result<PolicySetView>>;

internal sealed class ReplacePolicySetValidator : AbstractValidator<ReplacePolicySet>
{
    public ReplacePolicySetValidator()
    {
        RuleFor(c => c.Description).IsOptionalText(Domain.PolicySet.MaxDescriptionLength);
        RuleFor(c => c.Grants).Must(g => g.ValueKind == JsonValueKind.Array).WithMessage("must be a list of rules");
    }
}

internal sealed class ReplacePolicySetHandler(
    IPolicySets policySets,
    IPolicyVersion version,
    IEventOutbox outbox,
    TenantContext tenant,
    PolicyQuotas quotas,
    TimeProvider clock) : IRequestHandler<ReplacePolicySet, Result<PolicySetView>>
{
    public async Task<Result<PolicySetView>> Handle(ReplacePolicySet request, CancellationToken cancellationToken)
    {
        if (BuiltInRoles.Contains(request.PolicySet))
        {
            return PolicySetView.CannotChange(request.PolicySet);
        }

        var next = await version.Next(cancellationToken);
        if (await policySets.Find(request.PolicySet, cancellationToken) is not { DeletedAt: null } set)
        {
            return PolicySetView.NotFound();
        }

        if (request.ExpectedVersion is { } expected && expected != set.Version)
        {
            return Error.PreconditionFailed("policies.changed", $"It has version {set.Version} by now. Read it again and repeat your change.");
        }

        if (set.ManagedBy == PolicyManagedBy.File)
        {
            return PolicySetView.FileOwns(set);
        }

        if (request.Name is not null && request.Name != set.Name)
        {
            return Error.Invalid("policies.renamed", $"A policy set keeps its name, '{set.Name}'. Create another one for another name.");
        }

        var grants = GrantsCheck.Check(set.Name, request.Grants, await policySets.Roles(cancellationToken), quotas);
        if (grants.Error is { } error)
        {
            return error;
        }

        var now = clock.GetUtcNow();
        set.Replace(request.Description, grants.Value, tenant.Actor, now);
        outbox.Publish(set.TenantId, next, now);
        return PolicySetView.Of(set);
    }
}
