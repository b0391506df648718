namespace McpPlatform.PolicyEngine;

/// <summary>What a rule says, and what a decision is. The order is the precedence: a smaller one outranks.</summary>
public enum Effect
{
    Deny,
    RequireApproval,
    Allow,
}

/// <summary>How a condition compares. Ordering works on numbers and on <c>request.time</c>; the rest on strings, numbers and booleans of the same type.</summary>
public enum ConditionOperator
{
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    Nin,
}

/// <summary>One rule as written, checked. It covers a request when an action, a resource and (where given) an environment match, and applies when its conditions do.</summary>
/// <param name="Id">Unique in its role.</param>
/// <param name="Environments">Empty = any, and servers without an environment too. Otherwise a server without an environment is not covered.</param>
/// <param name="Conditions">All must hold.</param>
public sealed record PolicyRule(
    string Id,
    Effect Effect,
    IReadOnlyList<string> Actions,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Environments,
    IReadOnlyList<RuleCondition> Conditions,
    string? Description);

/// <summary>One comparison: an attribute of principal, request or arguments with one value, or with a list for <c>in</c> and <c>nin</c>.</summary>
public sealed record RuleCondition(string Attribute, ConditionOperator Operator, IReadOnlyList<RuleValue> Values);

/// <summary>The type of a value in a condition.</summary>
public enum RuleValueKind
{
    Text,
    Number,
    Boolean,
}

/// <summary>A value in a condition. Numbers are exact decimals of up to 28 digits: what a decimal cannot hold exactly is not accepted.</summary>
public readonly record struct RuleValue(RuleValueKind Kind, string Text, decimal Number, bool Boolean)
{
    public static RuleValue Of(string text) => new(RuleValueKind.Text, text, 0, false);

    public static RuleValue Of(decimal number) => new(RuleValueKind.Number, "", number, false);

    public static RuleValue Of(bool boolean) => new(RuleValueKind.Boolean, "", 0, boolean);
}
