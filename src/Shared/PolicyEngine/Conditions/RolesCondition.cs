namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>A condition on the set of roles: eq and in = holds one of them, neq and nin = holds none of them. Never unknown.</summary>
internal sealed class RolesCondition(RuleCondition source) : Condition(source)
{
    private readonly string[] _names = [.. source.Values.Select(v => v.Text)];

    public override ConditionOutcome Evaluate(ref Evaluation evaluation)
    {
        // By index: enumerating through the interface would allocate.
        var held = evaluation.Request.Principal.Info.Roles;
        for (var i = 0; i < held.Count; i++)
        {
            if (_names.AsSpan().Contains(held[i]))
            {
                return Membership(true);
            }
        }

        return Membership(false);
    }
}
