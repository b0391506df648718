using System.Text.Json;
using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Policies;

/// <summary>
/// Adds a role with its rules. Fails with <c>policies.malformed</c> (a detail per problem), <c>policies.exists</c>, <c>policies.built_in</c>,
/// <c>policies.limit</c>.
/// </summary>
public sealed record CreatePolicySet(string Name, string? Description, JsonElement Grants) : IRequest<Result<PolicySetView>>;

internal sealed class CreatePolicySetValidator : AbstractValidator<CreatePolicySet>
{
    public CreatePolicySetValidator()
    {
        RuleFor(c => c.Name).Must(name => PolicyRole.IsName(name)).WithMessage($"must be 1 to {PolicyLimits.MaxIdLength} of a-z, 0-9, '-' and '_', starting with a letter or digit");
        RuleFor(c => c.Description).IsOptionalText(PolicySet.MaxDescriptionLength);
        RuleFor(c => c.Grants).Must(g => g.ValueKind == JsonValueKind.Array).WithMessage("must be a list of rules");
    }
}

internal sealed class CreatePolicySetHandler(
    IPolicySets policySets,
    IPolicyVersion version,
    IEventOutbox outbox,
    TenantContext tenant,
    PolicyQuotas quotas,
    TimeProvider clock) : IRequestHandler<CreatePolicySet, Result<PolicySetView>>
{
    public async Task<Result<PolicySetView>> Handle(CreatePolicySet request, CancellationToken cancellationToken)
    {
        if (BuiltInRoles.Contains(request.Name))
        {
            return PolicySetView.CannotChange(request.Name);
        }

        var next = await version.Next(cancellationToken);
        var roles = await policySets.Roles(cancellationToken);
        if (roles.Any(r => r.Name == request.Name))
        {
            return Error.Conflict("policies.exists", $"A policy set '{request.Name}' exists already. Replace it with PUT.");
        }

        if (roles.Count >= quotas.MaxPolicySetsPerTenant)
        {
            return Error.Unprocessable("policies.limit", $"The tenant has {quotas.MaxPolicySetsPerTenant} policy sets already (option Policy__MaxPolicySetsPerTenant).");
        }

        var grants = GrantsCheck.Check(request.Name, request.Grants, roles, quotas);
        if (grants.Error is { } error)
        {
            return error;
        }

        var now = clock.GetUtcNow();
        var set = PolicySet.Write(tenant.TenantId!.Value, request.Name, request.Description, grants.Value, tenant.Actor, now);
        policySets.Add(set);
        outbox.Publish(set.TenantId, next, now);
        return PolicySetView.Of(set);
    }
}
