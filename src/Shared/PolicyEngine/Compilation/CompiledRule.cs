using McpPlatform.PolicyEngine.Conditions;
using McpPlatform.PolicyEngine.Matching;

namespace McpPlatform.PolicyEngine.Compilation;

/// <summary>A rule, ready to be asked. Immutable.</summary>
internal sealed class CompiledRule
{
    private readonly WildcardPattern[] _actions;
    private readonly ResourcePattern[] _resources;
    private readonly WildcardPattern[] _environments;

    public CompiledRule(string role, PolicyRule rule, ArgumentPaths paths, bool isMalformed)
    {
        Id = $"{role}/{rule.Id}";
        Effect = rule.Effect;
        IsMalformed = isMalformed;
        _actions = [.. rule.Actions.Select(WildcardPattern.Compile)];
        _resources = [.. rule.Resources.Select(ResourcePattern.Compile)];
        _environments = [.. rule.Environments.Select(WildcardPattern.Compile)];
        // Conditions on arguments come last: when another one fails, the arguments need not be read.
        Conditions = [.. rule.Conditions.Select(c => Condition.Compile(c, paths)).OrderBy(c => c.NeedsArguments)];
    }

    public string Id { get; }

    public Effect Effect { get; }

    public bool IsMalformed { get; }

    public Condition[] Conditions { get; }

    public IEnumerable<string> Actions => _actions.Select(a => a.Text);

    /// <summary>By what targets that it covers are found: one for each of its resources.</summary>
    public IEnumerable<Anchor> Anchors => _resources.Select(r => r.Anchor);

    /// <summary>A rule without a readable form: denies everything.</summary>
    public static CompiledRule DenyAll(string role, string id, ArgumentPaths paths) => new(role, new(id, Effect.Deny, ["*"], ["*"], [], [], null), paths, isMalformed: true);

    public bool CoversAction(string action) => MatchesAny(_actions, action);

    public bool CoversTarget(scoped in Target target, string? environment)
    {
        foreach (var resource in _resources)
        {
            if (resource.Matches(target))
            {
                return _environments.Length == 0 || (!string.IsNullOrEmpty(environment) && MatchesAny(_environments, environment));
            }
        }

        return false;
    }

    /// <summary>Whether the rule counts at call time: an allow when all conditions hold, a deny or an approval when none is known to fail.</summary>
    public bool Applies(ref Evaluation evaluation)
    {
        foreach (var condition in Conditions)
        {
            var outcome = condition.Evaluate(ref evaluation);
            if (outcome == ConditionOutcome.False || (outcome == ConditionOutcome.Unknown && Effect == Effect.Allow))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether the rule counts at list time, when arguments are not known yet: a deny when it will count whatever they are, the others when it will for some.
    /// </summary>
    public bool AppliesUnseen(ref Evaluation evaluation)
    {
        foreach (var condition in Conditions)
        {
            if (condition.NeedsArguments)
            {
                return Effect != Effect.Deny;
            }

            var outcome = condition.Evaluate(ref evaluation);
            if (outcome == ConditionOutcome.False || (outcome == ConditionOutcome.Unknown && Effect == Effect.Allow))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MatchesAny(WildcardPattern[] patterns, string text)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(text))
            {
                return true;
            }
        }

        return false;
    }
}
