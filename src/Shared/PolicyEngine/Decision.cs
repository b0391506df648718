namespace McpPlatform.PolicyEngine;

/// <summary>Why a decision is what it is.</summary>
public enum DecisionReason
{
    /// <summary>Nothing allows it: denied.</summary>
    DefaultDeny,

    /// <summary>A rule denies it.</summary>
    Denied,

    /// <summary>A rule or role that the principal holds cannot be read: denied.</summary>
    MalformedRule,

    /// <summary>The key's scopes do not include the action: denied.</summary>
    OutOfScope,

    /// <summary>The tenant's policy cannot be read, or the principal has more roles or scopes than the limits: denied.</summary>
    Unreadable,

    /// <summary>A rule wants somebody's approval first.</summary>
    ApprovalRequired,

    /// <summary>A rule allows it.</summary>
    Allowed,
}

/// <summary>The answer. The default value denies.</summary>
/// <param name="RuleId">The deciding rule as <c>{role}/{id}</c>, the first by that name where several decide alike; null when none did.</param>
public readonly record struct Decision(Effect Effect, string? RuleId, DecisionReason Reason)
{
    public bool IsAllowed => Effect == Effect.Allow;
}
