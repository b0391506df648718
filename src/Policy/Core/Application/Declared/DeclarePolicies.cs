using System.Text.Json;
using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Declared;

/// <summary>A role as a configuration says it.</summary>
/// <param name="Origin">File and line.</param>
public sealed record DeclaredPolicy(string Name, string? Description, JsonElement Grants, string Origin);

/// <summary>The tenant's bound as a configuration says it; null = it says none.</summary>
public sealed record DeclaredLimit(int? MaxConcurrency, string Origin);

/// <summary>
/// Makes the roles that are managed by a file the ones that are given, and the tenant's bound with them: all in one transaction, and nobody else's records. Twice is
/// once. Fails with <c>configuration.taken</c>, <c>policies.malformed</c>, <c>policies.limit</c>, and <c>policies.in_use</c> when a key holds a role that would go.
/// </summary>
/// <param name="Limit">Null: the caller has no say in it, and it stays.</param>
public sealed record DeclarePolicies(IReadOnlyList<DeclaredPolicy> Policies, DeclaredLimit? Limit) : IRequest<Result<DeclaredPlan>>;

/// <summary>What <see cref="DeclarePolicies"/> would do, and what it would refuse.</summary>
public sealed record PlanPolicies(IReadOnlyList<DeclaredPolicy> Policies, DeclaredLimit? Limit) : IRequest<Result<DeclaredPlan>>, IQuery;

internal sealed class DeclarePoliciesValidator : AbstractValidator<DeclarePolicies>
{
    public DeclarePoliciesValidator() => RuleFor(c => c.Policies).Custom(Check);

    internal static void Check<T>(IReadOnlyList<DeclaredPolicy> policies, ValidationContext<T> context)
    {
        foreach (var policy in policies)
        {
            if (!PolicyRole.IsName(policy.Name) || BuiltInRoles.Contains(policy.Name))
            {
                context.AddFailure($"policies.{policy.Name}", $"must be 1 to {PolicyLimits.MaxIdLength} of a-z, 0-9, '-' and '_', starting with a letter or digit, and no built-in role");
            }

            if (policy.Description is { Length: > PolicySet.MaxDescriptionLength })
            {
                context.AddFailure($"policies.{policy.Name}.description", $"must have at most {PolicySet.MaxDescriptionLength} characters");
            }
        }
    }
}

internal sealed class PlanPoliciesValidator : AbstractValidator<PlanPolicies>
{
    public PlanPoliciesValidator() => RuleFor(c => c.Policies).Custom(DeclarePoliciesValidator.Check);
}

internal sealed class PlanPoliciesHandler(IPolicySets policySets, IApiKeys keys, ITenants tenants, TenantContext tenant, PolicyQuotas quotas, TimeProvider clock)
    : IRequestHandler<PlanPolicies, Result<DeclaredPlan>>
{
    public async Task<Result<DeclaredPlan>> Handle(PlanPolicies request, CancellationToken cancellationToken)
    {
        var plan = await PolicyPlan.Make(request.Policies, request.Limit, new PolicyParts(policySets, keys, tenants, tenant.TenantId!.Value, quotas, clock.GetUtcNow()), cancellationToken);
        return plan.Error is { } error ? error : plan.Value.Told;
    }
}

internal sealed class DeclarePoliciesHandler(
    IPolicySets policySets,
    IApiKeys keys,
    ITenants tenants,
    IPolicyVersion version,
    IEventOutbox outbox,
    TenantContext tenant,
    PolicyQuotas quotas,
    TimeProvider clock) : IRequestHandler<DeclarePolicies, Result<DeclaredPlan>>
{
    public async Task<Result<DeclaredPlan>> Handle(DeclarePolicies request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        var now = clock.GetUtcNow();
        var made = await PolicyPlan.Make(request.Policies, request.Limit, new PolicyParts(policySets, keys, tenants, tenant.TenantId!.Value, quotas, now), cancellationToken);
        if (made.Error is { } error)
        {
            return error;
        }

        foreach (var step in made.Value.Steps)
        {
            if (step.Apply(tenant.TenantId!.Value, tenant.Actor, now) is { } created)
            {
                policySets.Add(created);
            }
        }

        if (made.Value.Told.Changes.Any(c => c.Action != DeclaredAction.Move))
        {
            outbox.Publish(tenant.TenantId!.Value, next, now);
        }

        return made.Value.Told;
    }
}
