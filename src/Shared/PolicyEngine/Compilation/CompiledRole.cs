using System.Collections.Frozen;
using McpPlatform.PolicyEngine.Conditions;

namespace McpPlatform.PolicyEngine.Compilation;

/// <summary>A role's rules by effect, and by action where the action is a usual one.</summary>
internal sealed class CompiledRole
{
    private readonly FrozenDictionary<string, RuleSet> _byAction;
    private readonly RuleSet _all;

    public CompiledRole(PolicyRole role, ArgumentPaths paths)
    {
        Name = role.Name;
        IEnumerable<CompiledRule> rules = role.IsUnreadable
            ? [CompiledRule.DenyAll(role.Name, "*", paths)]
            : [.. role.Rules.Select(r => new CompiledRule(role.Name, r, paths, isMalformed: false)), .. role.Malformed.Select(id => CompiledRule.DenyAll(role.Name, id, paths))];
        // By id, so that the rule named in a decision does not depend on the order in the document.
        Rules = [.. rules.OrderBy(r => r.Id, StringComparer.Ordinal)];
        _all = new(Rules, AreForOneAction: false);
        _byAction = Actions.Indexed.ToFrozenDictionary(a => a, a => new RuleSet([.. Rules.Where(r => r.CoversAction(a))], AreForOneAction: true), StringComparer.Ordinal);

        Restricts = Rules.Any(r => r.Effect != Effect.Allow);
        DependsOnPrincipal = Rules.Any(r => r.Conditions.Any(c => c.Attribute.StartsWith("principal.", StringComparison.Ordinal)));
        DependsOnKey = Rules.Any(r => r.Conditions.Any(c => c.Attribute == AttributeNames.KeyId));
    }

    public string Name { get; }

    public CompiledRule[] Rules { get; }

    /// <summary>True when holding the role can take something away.</summary>
    public bool Restricts { get; }

    public bool DependsOnPrincipal { get; }

    public bool DependsOnKey { get; }

    public RuleSet RulesFor(string action) => _byAction.TryGetValue(action, out var set) ? set : _all;
}

/// <summary>Rules to look at for an action.</summary>
/// <param name="AreForOneAction">True when all cover the action that was asked for; else each must be asked.</param>
internal sealed record RuleSet(CompiledRule[] Rules, bool AreForOneAction)
{
    private readonly RuleIndex[] _byEffect = [.. Enum.GetValues<Effect>().Select(e => new RuleIndex([.. Rules.Where(r => r.Effect == e)]))];

    public RuleIndex Of(Effect effect) => _byEffect[(int)effect];
}
