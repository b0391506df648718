using McpPlatform.PolicyEngine.Conditions;
using McpPlatform.PolicyEngine.Matching;

namespace McpPlatform.PolicyEngine.Compilation;

/// <summary>Tells how a rule came to count or not.</summary>
internal static class RuleTracer
{
    public static RuleTrace Trace(CompiledRule rule, scoped in Target target, ref Evaluation evaluation)
    {
        var coversAction = rule.CoversAction(evaluation.Request.Action);
        var coversTarget = rule.CoversTarget(target, evaluation.Request.Environment);
        var conditions = new ConditionTrace[rule.Conditions.Length];
        for (var i = 0; i < conditions.Length; i++)
        {
            conditions[i] = Trace(rule.Conditions[i], ref evaluation);
        }

        var covers = coversAction && coversTarget;
        var applies = covers && rule.Applies(ref evaluation);
        var why = !coversAction ? "The action is not one of its actions."
            : !coversTarget ? "The resource or the environment is not one of its own."
            : rule.IsMalformed ? "It cannot be read, so it denies everything."
            : applies && conditions.Any(c => c.Outcome == ConditionOutcome.Unknown) ? "It applies, because what is unknown makes a deny or an approval apply."
            : applies ? "It applies."
            : conditions.Any(c => c.Outcome == ConditionOutcome.False) ? "A condition does not hold."
            : "A condition is unknown, and an allow applies only when all hold.";
        return new(rule.Id, rule.Effect, covers, applies, why, conditions);
    }

    private static ConditionTrace Trace(Condition condition, ref Evaluation evaluation)
    {
        var outcome = condition.Evaluate(ref evaluation);
        var why = outcome switch
        {
            ConditionOutcome.True => "It holds.",
            ConditionOutcome.False => "It does not hold.",
            _ => condition.WhyUnknown(ref evaluation),
        };
        return new(condition.Attribute, condition.Operator, outcome, why);
    }
}
