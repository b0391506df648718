using System.Globalization;

namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>A condition on a string of the principal or the request. Attributes of the principal are read as numbers where the rule's value is one.</summary>
internal sealed class TextCondition(RuleCondition source) : Condition(source)
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    private readonly RuleValue[] _values = [.. source.Values];
    private readonly string _claim = source.Attribute.StartsWith(AttributeNames.PrincipalAttributes, StringComparison.Ordinal)
        ? source.Attribute[AttributeNames.PrincipalAttributes.Length..]
        : "";

    public override ConditionOutcome Evaluate(ref Evaluation evaluation)
    {
        var text = Text(evaluation.Request);
        if (string.IsNullOrEmpty(text))
        {
            return ConditionOutcome.Unknown;
        }

        return _values[0].Kind switch
        {
            RuleValueKind.Text => Membership(IsMember(text)),
            RuleValueKind.Number when text.Length <= 28 && decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var number) =>
                Orders ? Ordering(number.CompareTo(_values[0].Number)) : Membership(IsMember(number)),
            _ => ConditionOutcome.Unknown,
        };
    }

    private string? Text(scoped in AccessRequest request) => Attribute switch
    {
        AttributeNames.Subject => request.Principal.Info.Subject,
        AttributeNames.Tenant => request.Principal.Info.Tenant,
        AttributeNames.KeyId => request.Principal.Info.KeyId,
        AttributeNames.Tool => request.Kind == TargetKind.Tool ? request.Name : null,
        AttributeNames.Server => request.Server,
        AttributeNames.Environment => request.Environment,
        AttributeNames.Method => request.Method,
        _ => request.Principal.Info.Attributes?.GetValueOrDefault(_claim),
    };

    private bool IsMember(string text)
    {
        foreach (var value in _values)
        {
            if (value.Text == text)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsMember(decimal number)
    {
        foreach (var value in _values)
        {
            if (value.Number == number)
            {
                return true;
            }
        }

        return false;
    }
}
