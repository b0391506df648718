using System.Buffers;
using System.Collections.Frozen;
using System.Net;
using McpPlatform.PolicyEngine.Compilation;
using McpPlatform.PolicyEngine.Conditions;
using McpPlatform.PolicyEngine.Matching;

namespace McpPlatform.PolicyEngine;

/// <summary>
/// One tenant's policy, ready to decide. Immutable and safe for any number of threads. A decision, in order:
/// <list type="number">
/// <item>an unreadable policy, or an action outside of the key's scopes: denied;</item>
/// <item>a deny that covers the request and applies: denied;</item>
/// <item>an approval that does: approval required;</item>
/// <item>an allow that does (the built-in <c>admin</c> is one for everything): allowed;</item>
/// <item>else denied.</item>
/// </list>
/// A condition is true, false, or unknown (attribute missing, of another type, or ambiguous: given twice, or in another case too). Unknown makes a deny and
/// an approval apply, and an allow not. One false condition takes its rule out, whatever the others are.
/// </summary>
public sealed class CompiledPolicy
{
    // On the stack up to these; longer names and more argument paths come from the pool.
    private const int StackCharacters = 256;
    private const int StackSlots = 32;

    private readonly FrozenDictionary<string, CompiledRole> _roles;
    private readonly ArgumentPaths _paths;
    private readonly bool _isUnreadable;

    private CompiledPolicy(PolicyDocument document)
    {
        Problems = document.Problems;
        _paths = new ArgumentPaths();
        _isUnreadable = document.IsUnreadable;
        // A document's role by a built-in name is malformed, and then denies in the place of the built-in one.
        var roles = document.Roles.Concat(BuiltInRoles.All).DistinctBy(role => role.Name, StringComparer.Ordinal);
        _roles = (document.IsUnreadable ? [] : roles)
            .Select(role => new CompiledRole(role, _paths))
            .ToFrozenDictionary(role => role.Name, StringComparer.Ordinal);
        _paths.Freeze();
    }

    /// <summary>What of the document is malformed, and so denies.</summary>
    public IReadOnlyList<PolicyProblem> Problems { get; }

    /// <summary>Compiles a document. Never refuses: what is malformed denies.</summary>
    public static CompiledPolicy Compile(PolicyDocument document) => new(document);

    /// <summary>Looks up a principal's roles and scopes, once for all its requests.</summary>
    public CompiledPrincipal Resolve(PrincipalInfo principal)
    {
        var isUnreadable = _isUnreadable || principal.Roles.Count > PolicyLimits.MaxRolesPerPrincipal || principal.Scopes.Count > PolicyLimits.MaxScopes;
        CompiledRole[] roles = isUnreadable ? [] :
        [
            .. principal.Roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Where(_roles.ContainsKey).Select(name => _roles[name]),
        ];
        WildcardPattern[] scopes = [.. principal.Scopes.Where(Scope.IsValid).Select(WildcardPattern.Compile)];
        return new(this, principal, roles, scopes, isUnreadable);
    }

    /// <summary>Decides one call. Allocates nothing unless a rule asks for arguments that need more than the pools have.</summary>
    /// <exception cref="ArgumentException">The principal was resolved by another policy: the caller mixes two states.</exception>
    public Decision Decide(in AccessRequest request) => Run(request, unseen: false);

    /// <summary>
    /// Whether to show the target in lists, where arguments are not known yet: true unless every possible call of it is denied. So whatever
    /// <see cref="Decide"/> allows or sends to approval is listed.
    /// </summary>
    /// <exception cref="ArgumentException">As with <see cref="Decide"/>.</exception>
    public bool CouldAllow(in AccessRequest request) => Run(request, unseen: true).Effect != Effect.Deny;

    /// <summary>Decides, and tells how. For people: it allocates freely.</summary>
    /// <exception cref="ArgumentException">As with <see cref="Decide"/>.</exception>
    public Explanation Explain(in AccessRequest request)
    {
        var decision = Decide(request);
        var evaluation = new Evaluation(request, _paths, new ArgumentSlot[_paths.Count]);
        var target = new Target(request, new char[Target.BufferLength(request)]);
        var traces = new List<RuleTrace>();
        foreach (var role in request.Principal.Roles)
        {
            foreach (var rule in role.Rules)
            {
                traces.Add(RuleTracer.Trace(rule, target, ref evaluation));
            }
        }

        return new(decision, CouldAllow(request), traces);
    }

    /// <summary>
    /// What the principal may manage, as a flat list for a signed token, read back by <see cref="PermissionSet.Parse"/>: patterns; patterns with a leading
    /// <c>!</c> that are denied; patterns with a leading <c>&amp;</c> that bound it (the key's scopes). Rules count as in <see cref="Decide"/> on
    /// <see cref="TargetKind.Platform"/>, an approval as a deny. Where a rule is conditional on what no management call has (a tool, arguments),
    /// the condition is unknown.
    /// </summary>
    public IReadOnlyList<string> ManagementPermissions(CompiledPrincipal principal, DateTimeOffset time = default, IPAddress? address = null)
    {
        var request = new AccessRequest { Principal = principal, Action = "", Kind = TargetKind.Platform, Time = time, Address = address };
        Guard(request);
        if (principal.IsUnreadable)
        {
            return ["!*"];
        }

        var evaluation = new Evaluation(request, _paths, new ArgumentSlot[_paths.Count]);
        var target = new Target(request, new char[Target.BufferLength(request)]);
        var permissions = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var rule in principal.Roles.SelectMany(r => r.Rules))
        {
            if (rule.CoversTarget(target, request.Environment) && rule.Applies(ref evaluation))
            {
                permissions.UnionWith(rule.Effect == Effect.Allow ? rule.Actions : rule.Actions.Select(a => PermissionSet.Denied + a));
            }
        }

        // Scopes that cannot be read bound as well: to nothing.
        permissions.UnionWith(principal.Info.Scopes.Select(s => PermissionSet.Bound + s));
        return [.. permissions];
    }

    /// <summary>
    /// Whether <paramref name="granter"/> may hand out what <paramref name="grantee"/> would have: true only when the grantee can surely do nothing that the
    /// granter cannot. Judged by roles, not by simulation, so it may refuse what would be harmless: the grantee keeps every role of the granter that restricts,
    /// holds none that the granter does not (unless the granter is an admin), is bound by scopes within the granter's, and is the same subject with the same
    /// roles and attributes where a rule asks about the principal.
    /// </summary>
    /// <exception cref="ArgumentException">As with <see cref="Decide"/>.</exception>
    public bool MayGrant(CompiledPrincipal granter, CompiledPrincipal grantee)
    {
        Guard(new AccessRequest { Principal = granter, Action = "" });
        Guard(new AccessRequest { Principal = grantee, Action = "" });
        return !granter.IsUnreadable && !grantee.IsUnreadable && Grants.Include(granter, grantee);
    }

    private Decision Run(scoped in AccessRequest request, bool unseen)
    {
        Guard(request);
        if (request.Principal.IsUnreadable)
        {
            return new(Effect.Deny, null, DecisionReason.Unreadable);
        }

        if (!request.Principal.IsInScope(request.Action))
        {
            return new(Effect.Deny, null, DecisionReason.OutOfScope);
        }

        var nameLength = Target.BufferLength(request);
        var slotCount = unseen ? 0 : _paths.Count;
        var rentedName = nameLength > StackCharacters ? ArrayPool<char>.Shared.Rent(nameLength) : null;
        var rentedSlots = slotCount > StackSlots ? ArrayPool<ArgumentSlot>.Shared.Rent(slotCount) : null;
        try
        {
            var target = new Target(request, rentedName ?? stackalloc char[StackCharacters]);
            var slots = rentedSlots ?? stackalloc ArgumentSlot[StackSlots];
            var evaluation = new Evaluation(request, _paths, slots[..slotCount]);
            return Run(request, target, ref evaluation, unseen);
        }
        finally
        {
            if (rentedName is not null)
            {
                ArrayPool<char>.Shared.Return(rentedName);
            }

            if (rentedSlots is not null)
            {
                ArrayPool<ArgumentSlot>.Shared.Return(rentedSlots);
            }
        }
    }

    private static Decision Run(scoped in AccessRequest request, scoped in Target target, ref Evaluation evaluation, bool unseen)
    {
        for (var effect = Effect.Deny; effect <= Effect.Allow; effect++)
        {
            foreach (var role in request.Principal.Roles)
            {
                var set = role.RulesFor(request.Action);
                if (set.Of(effect).First(target, ref evaluation, set.AreForOneAction ? null : request.Action, unseen) is { } rule)
                {
                    return new(effect, rule.Id, Reason(rule));
                }
            }
        }

        return new(Effect.Deny, null, DecisionReason.DefaultDeny);
    }

    private static DecisionReason Reason(CompiledRule rule) => rule switch
    {
        { IsMalformed: true } => DecisionReason.MalformedRule,
        { Effect: Effect.Deny } => DecisionReason.Denied,
        { Effect: Effect.RequireApproval } => DecisionReason.ApprovalRequired,
        _ => DecisionReason.Allowed,
    };

    private void Guard(scoped in AccessRequest request)
    {
        if (!ReferenceEquals(request.Principal.Policy, this))
        {
            throw new ArgumentException("The principal was resolved by another policy.", nameof(request));
        }
    }
}
