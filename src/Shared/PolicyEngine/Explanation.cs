namespace McpPlatform.PolicyEngine;

/// <summary>What a condition came to. <see cref="Unknown"/>: its attribute is missing, or of another type than the rule's value.</summary>
public enum ConditionOutcome
{
    False,
    Unknown,
    True,
}

/// <summary>A decision with everything that led to it.</summary>
/// <param name="Decision">Exactly what <see cref="CompiledPolicy.Decide"/> answers.</param>
/// <param name="Listed">Exactly what <see cref="CompiledPolicy.CouldAllow"/> answers: whether the target is shown in lists.</param>
/// <param name="Rules">Every rule of the principal's roles, by role and id.</param>
public sealed record Explanation(Decision Decision, bool Listed, IReadOnlyList<RuleTrace> Rules);

/// <summary>One rule in an explanation.</summary>
/// <param name="RuleId"><c>{role}/{id}</c>.</param>
/// <param name="Covers">Whether action, resource and environment match.</param>
/// <param name="Applies">Whether the rule counted: it covers, and its conditions hold or (deny, approval) are not known to fail.</param>
/// <param name="Why">A sentence for people.</param>
public sealed record RuleTrace(string RuleId, Effect Effect, bool Covers, bool Applies, string Why, IReadOnlyList<ConditionTrace> Conditions);

/// <summary>One condition in an explanation. Values are not repeated: they may be secret.</summary>
public sealed record ConditionTrace(string Attribute, ConditionOperator Operator, ConditionOutcome Outcome, string Why);
