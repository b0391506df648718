using System.Text.Json.Nodes;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Policies;
using McpPlatform.Policy.Domain;

namespace McpPlatform.Policy.Application.Declared;

/// <summary>What a plan is made of.</summary>
internal sealed record PolicyParts(IPolicySets Sets, IApiKeys Keys, ITenants Tenants, Guid TenantId, PolicyQuotas Quotas, DateTimeOffset Now);

/// <summary>How the roles that a file manages, and the tenant's bound, become those that it declares.</summary>
internal sealed record PolicyPlan(IReadOnlyList<PolicyStep> Steps)
{
    public DeclaredPlan Told => new([.. Steps.Select(s => s.Told)]);

    public static async Task<Result<PolicyPlan>> Make(IReadOnlyList<DeclaredPolicy> declared, DeclaredLimit? limit, PolicyParts parts, CancellationToken cancellationToken)
    {
        var present = (await parts.Sets.Present(cancellationToken)).ToDictionary(s => s.Name, StringComparer.Ordinal);
        var steps = new List<PolicyStep>();
        var taken = new List<ErrorDetail>();
        foreach (var wanted in declared)
        {
            if (present.Remove(wanted.Name, out var set) && set.ManagedBy != PolicyManagedBy.File)
            {
                taken.Add(new ErrorDetail($"policies.{wanted.Name}", $"A policy set '{wanted.Name}' exists that is managed by the API. Remove that one first, or choose another name here."));
            }
            else if (PolicyStep.Of(set, wanted) is { } step)
            {
                steps.Add(step);
            }
        }

        var limited = await Limit(limit, parts, taken, cancellationToken);
        if (taken.Count > 0)
        {
            return DeclaredPlan.Taken(taken);
        }

        foreach (var gone in present.Values.Where(s => s.ManagedBy == PolicyManagedBy.File).OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            if (await parts.Keys.AnyHolds(gone.Name, parts.Now, cancellationToken))
            {
                return Error.Conflict("policies.in_use", $"The configuration has no role '{gone.Name}' any more, which keys hold. Revoke them first, or keep the role without rules. Nothing was changed.");
            }

            steps.Add(new PolicyStep(DeclaredAction.Delete, $"policies.{gone.Name}", gone.Origin ?? "", []) { Set = gone });
        }

        if (limited is not null)
        {
            steps.Add(limited);
        }

        var others = present.Values.Where(s => s.ManagedBy != PolicyManagedBy.File).ToArray();
        return Check(declared, others, parts.Quotas) is { } error ? error : new PolicyPlan(steps);
    }

    private static Error? Check(IReadOnlyList<DeclaredPolicy> declared, PolicySet[] others, PolicyQuotas quotas)
    {
        if (declared.Count + others.Length > quotas.MaxPolicySetsPerTenant)
        {
            return Error.Unprocessable("policies.limit", $"The tenant would have {declared.Count + others.Length} policy sets, and may have {quotas.MaxPolicySetsPerTenant} (option Policy__MaxPolicySetsPerTenant). Nothing was changed.");
        }

        RoleText[] all = [.. others.Select(o => new RoleText(o.Name, o.Grants)), .. declared.Select(d => new RoleText(d.Name, d.Grants.GetRawText()))];
        return declared.Select(d => GrantsCheck.Check(d.Name, d.Grants, all, quotas).Error).FirstOrDefault(e => e is not null);
    }

    private static async Task<PolicyStep?> Limit(DeclaredLimit? limit, PolicyParts parts, List<ErrorDetail> taken, CancellationToken cancellationToken)
    {
        if (limit is null || await parts.Tenants.Find(parts.TenantId.ToString(), cancellationToken) is not { } tenant)
        {
            return null;
        }

        if (tenant is { LimitOrigin: null, MaxConcurrency: { } set } && limit.MaxConcurrency is not null && limit.MaxConcurrency != set)
        {
            taken.Add(new ErrorDetail("limits.max_concurrency", $"The tenant's bound was set to {set} over the API. Take it back there first (PUT /api/v1/tenants/{tenant.Slug} without max_concurrency), or leave it out here."));
            return null;
        }

        var (isManaged, isSame) = (tenant.LimitOrigin is not null, tenant.MaxConcurrency == limit.MaxConcurrency);
        return limit.MaxConcurrency is null
            ? isManaged ? new PolicyStep(DeclaredAction.Delete, "limits.max_concurrency", tenant.LimitOrigin!, []) { Tenant = tenant, Limit = limit } : null
            : isSame && tenant.LimitOrigin == limit.Origin ? null
            : new PolicyStep(isSame ? DeclaredAction.Move : isManaged ? DeclaredAction.Change : DeclaredAction.Create, "limits.max_concurrency", limit.Origin, []) { Tenant = tenant, Limit = limit };
    }
}

/// <summary>What becomes of one role, or of the tenant's bound.</summary>
internal sealed record PolicyStep(DeclaredAction Action, string Path, string Origin, IReadOnlyList<string> Members)
{
    public PolicySet? Set { get; init; }

    /// <summary>Null when the role is to be deleted.</summary>
    public DeclaredPolicy? Wanted { get; init; }

    /// <summary>When it is about the bound.</summary>
    public Tenant? Tenant { get; init; }

    public DeclaredLimit? Limit { get; init; }

    public DeclaredChange Told => new(Action, Path, Origin, Members);

    /// <summary>Null when nothing is to be done.</summary>
    public static PolicyStep? Of(PolicySet? set, DeclaredPolicy wanted)
    {
        var path = $"policies.{wanted.Name}";
        if (set is null)
        {
            return new PolicyStep(DeclaredAction.Create, path, wanted.Origin, []) { Wanted = wanted };
        }

        // The database writes JSON in its own way.
        string[] members =
        [
            .. set.Description == wanted.Description ? Array.Empty<string>() : ["description"],
            .. JsonNode.DeepEquals(JsonNode.Parse(set.Grants), JsonNode.Parse(wanted.Grants.GetRawText())) ? Array.Empty<string>() : ["grants"],
        ];
        return members.Length > 0 ? new PolicyStep(DeclaredAction.Change, path, wanted.Origin, members) { Set = set, Wanted = wanted }
            : set.Origin != wanted.Origin ? new PolicyStep(DeclaredAction.Move, path, wanted.Origin, []) { Set = set, Wanted = wanted }
            : null;
    }

    /// <summary>Does it; returns a role that is new.</summary>
    public PolicySet? Apply(Guid tenantId, string by, DateTimeOffset now)
    {
        if (Tenant is not null)
        {
            Tenant.Declare(Limit!.MaxConcurrency, Limit.Origin, now);
            return null;
        }

        if (Wanted is null)
        {
            Set!.Delete(by, now);
            return null;
        }

        var created = Set is null ? PolicySet.Write(tenantId, Wanted.Name, Wanted.Description, Wanted.Grants.GetRawText(), by, now) : null;
        if (Action == DeclaredAction.Change)
        {
            Set!.Replace(Wanted.Description, Wanted.Grants.GetRawText(), by, now);
        }

        (created ?? Set!).DeclaredIn(Wanted.Origin);
        return created;
    }
}
