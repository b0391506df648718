using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>
/// Makes a key. Fails with <c>keys.unknown_role</c>, with <c>keys.escalation</c> when it could do more than the granter, with <c>keys.limit</c> when there
/// are too many.
/// </summary>
/// <param name="Subject">Whom it stands for; null = its name.</param>
/// <param name="Rate">Requests per second; null = the platform's own.</param>
/// <param name="Burst">Requests at once after a pause; null = a second's worth of its own rate, or the platform's own.</param>
/// <param name="ClientProfile">Name of a client profile of the gateways; null = by what the client says of itself.</param>
public sealed record CreateKey(
    string Name,
    string? Subject,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Scopes,
    DateTimeOffset? ExpiresAt,
    Granter Granter,
    double? Rate = null,
    int? Burst = null,
    string? ClientProfile = null) : IRequest<Result<CreatedKey>>;

internal sealed class CreateKeyValidator : AbstractValidator<CreateKey>
{
    public CreateKeyValidator(TimeProvider clock)
    {
        RuleFor(c => c.Name).IsText(ApiKey.MaxNameLength);
        RuleFor(c => c.Subject!).IsText(ApiKey.MaxSubjectLength).When(c => c.Subject is not null);
        RuleFor(c => c.Roles).AreRoles();
        RuleFor(c => c.Roles).Must(roles => roles.Count > 0).WithMessage("must name at least one role: a key without roles can do nothing");
        RuleFor(c => c.Scopes).AreScopes();
        RuleFor(c => c.ExpiresAt).Must(at => at is null || at > clock.GetUtcNow()).WithMessage("must lie in the future");
        RuleFor(c => c.Rate).IsRate();
        RuleFor(c => c.Burst).IsBurst();
        RuleFor(c => c.ClientProfile).IsClientProfile();
    }
}

internal sealed class CreateKeyHandler(
    IApiKeys keys,
    IPolicySets policySets,
    IPolicyVersion version,
    IEventOutbox outbox,
    TenantContext tenant,
    PolicyQuotas quotas,
    TimeProvider clock) : IRequestHandler<CreateKey, Result<CreatedKey>>
{
    public async Task<Result<CreatedKey>> Handle(CreateKey request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        var now = clock.GetUtcNow();
        var terms = new KeyTerms(request.Name, request.Subject ?? request.Name, request.Roles, request.Scopes, request.ExpiresAt, request.Rate is 0 ? null : request.Rate, request.Burst is 0 ? null : request.Burst, request.ClientProfile is "" ? null : request.ClientProfile);
        var roles = await policySets.Roles(cancellationToken);
        if ((UnknownRole(request.Roles, roles) ?? await Forbidden(request.Granter, terms, roles, now, cancellationToken)) is { } error)
        {
            return error;
        }

        if (await keys.Count(cancellationToken) >= quotas.MaxKeysPerTenant)
        {
            return Error.Unprocessable("keys.limit", $"The tenant has {quotas.MaxKeysPerTenant} keys already (option Policy__MaxKeysPerTenant). Revoke some.");
        }

        var text = ApiKeyText.New();
        var key = ApiKey.Issue(tenant.TenantId!.Value, text, terms, tenant.Actor, now);
        keys.Add(key);
        outbox.Publish(key.TenantId, next, now);
        return new CreatedKey(text.Reveal(), KeyView.Of(key, now));
    }

    private static Error? UnknownRole(IReadOnlyList<string> asked, IReadOnlyList<RoleText> roles)
    {
        var unknown = asked.Where(name => !BuiltInRoles.Contains(name) && !roles.Any(r => r.Name == name)).ToArray();
        return unknown.Length == 0
            ? null
            : Error.Unprocessable("keys.unknown_role", $"There is no role {string.Join(", ", unknown)}. Create it under /api/v1/policies first, or use admin or viewer.");
    }

    private async Task<Error?> Forbidden(Granter granter, KeyTerms terms, IReadOnlyList<RoleText> roles, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (granter.Platform is { } grant)
        {
            return grant.TenantId != tenant.TenantId ? Escalation.Refused("The permission is for another tenant.")
                : Escalation.Outlives(terms.ExpiresAt, grant.Until) ? Escalation.Refused($"The new key would outlive yours. Set expires_at to at most {grant.Until:O}.")
                : null;
        }

        var own = granter.KeyId is { } id ? await keys.Find(id, cancellationToken) : null;
        var policy = CompiledPolicy.Compile(PolicyDocument.Parse(TenantDocument.Of(roles).Span));
        return Escalation.Check(policy, tenant.TenantId!.Value, own, terms, now);
    }
}
