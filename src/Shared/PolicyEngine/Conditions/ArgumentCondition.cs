using System.Text;
using System.Text.Json;

namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>A condition on one value in the arguments. Strings compare by their characters, after escapes; numbers by value (<c>1e2</c> is <c>100.0</c>).</summary>
internal sealed class ArgumentCondition : Condition
{
    private readonly int _slot;
    private readonly RuleValueKind _kind;
    private readonly byte[][] _texts;
    private readonly RuleValue[] _values;

    public ArgumentCondition(RuleCondition source, ArgumentPaths paths)
        : base(source)
    {
        _slot = paths.Add(source.Attribute[AttributeNames.Arguments.Length..]);
        _values = [.. source.Values];
        _kind = _values[0].Kind;
        _texts = [.. _values.Select(v => Encoding.UTF8.GetBytes(v.Text))];
    }

    public override bool NeedsArguments => true;

    public override ConditionOutcome Evaluate(ref Evaluation evaluation)
    {
        var value = evaluation.Argument(_slot);
        return (_kind, value.State) switch
        {
            (RuleValueKind.Text, ArgumentState.Text) => Text(evaluation.Request.Arguments.Slice(value.Start, value.Length)),
            (RuleValueKind.Number, ArgumentState.Number) when Orders => Ordering(value.Number.CompareTo(_values[0].Number)),
            (RuleValueKind.Number, ArgumentState.Number) => Membership(IsMember(value.Number)),
            (RuleValueKind.Boolean, ArgumentState.True) => Membership(_values[0].Boolean),
            (RuleValueKind.Boolean, ArgumentState.False) => Membership(!_values[0].Boolean),
            _ => ConditionOutcome.Unknown,
        };
    }

    public override string WhyUnknown(ref Evaluation evaluation) => evaluation.Argument(_slot).State switch
    {
        ArgumentState.Missing => $"{Attribute} is missing.",
        ArgumentState.Ambiguous => $"{Attribute} is given twice, or in another case too, or the arguments are not a JSON object.",
        ArgumentState.Visited => $"{Attribute} is an object.",
        _ => $"{Attribute} is not a {_kind.ToString().ToLowerInvariant()} that can be compared.",
    };

    private ConditionOutcome Text(ReadOnlySpan<byte> token)
    {
        try
        {
            var reader = new Utf8JsonReader(token);
            reader.Read();
            foreach (var text in _texts)
            {
                if (reader.ValueTextEquals(text))
                {
                    return Membership(true);
                }
            }

            return Membership(false);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: it has no characters to compare, and upstreams disagree about what it means.
            return ConditionOutcome.Unknown;
        }
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
