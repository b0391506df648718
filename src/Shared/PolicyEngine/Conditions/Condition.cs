namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>A compiled condition. Immutable.</summary>
internal abstract class Condition(RuleCondition source)
{
    public string Attribute { get; } = source.Attribute;

    public ConditionOperator Operator { get; } = source.Operator;

    public virtual bool NeedsArguments => false;

    /// <summary>Compiles a checked condition.</summary>
    public static Condition Compile(RuleCondition condition, ArgumentPaths paths) => condition.Attribute switch
    {
        AttributeNames.Roles => new RolesCondition(condition),
        AttributeNames.Time => new TimeCondition(condition),
        AttributeNames.Address => new AddressCondition(condition),
        var name when name.StartsWith(AttributeNames.Arguments, StringComparison.Ordinal) => new ArgumentCondition(condition, paths),
        _ => new TextCondition(condition),
    };

    public abstract ConditionOutcome Evaluate(ref Evaluation evaluation);

    /// <summary>A sentence for people, asked for when the outcome is unknown.</summary>
    public virtual string WhyUnknown(ref Evaluation evaluation) => $"{Attribute} is missing, or of another type than the rule's value.";

    protected static ConditionOutcome Known(bool holds) => holds ? ConditionOutcome.True : ConditionOutcome.False;

    /// <summary>For eq, neq, in, nin: what "is one of the values" means for the operator.</summary>
    protected ConditionOutcome Membership(bool isMember) => Known(isMember == Operator is ConditionOperator.Eq or ConditionOperator.In);

    /// <summary>For lt, lte, gt, gte: what a comparison with the value means for the operator.</summary>
    protected ConditionOutcome Ordering(int comparison) => Known(Operator switch
    {
        ConditionOperator.Lt => comparison < 0,
        ConditionOperator.Lte => comparison <= 0,
        ConditionOperator.Gt => comparison > 0,
        _ => comparison >= 0,
    });

    protected bool Orders => Operator is ConditionOperator.Lt or ConditionOperator.Lte or ConditionOperator.Gt or ConditionOperator.Gte;
}
