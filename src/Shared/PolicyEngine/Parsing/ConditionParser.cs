using System.Runtime.InteropServices;
using System.Text.Json;
using McpPlatform.PolicyEngine.Conditions;

namespace McpPlatform.PolicyEngine.Parsing;

internal static class ConditionParser
{
    private const string KnownAttributes =
        "Known are principal.subject, principal.tenant, principal.roles, principal.key_id, principal.attributes.NAME, request.tool, request.server, "
        + "request.environment, request.method, request.time, request.ip and arguments.PATH.";

    /// <summary>Reads a condition. Null when any part of it is malformed.</summary>
    public static RuleCondition? Parse(JsonElement element, string path, ProblemList problems)
    {
        var before = problems.Count;
        var members = Members.Read(element, path, problems, "attribute", "operator", "value");
        if (members is null)
        {
            return null;
        }

        var attribute = members.Text("attribute", PolicyLimits.MaxPathDepth * (PolicyLimits.MaxNameLength + 1));
        if (attribute is not null && !IsKnown(attribute))
        {
            problems.Add(members.At("attribute"), $"\"{Members.Shorten(attribute)}\" is no attribute.", KnownAttributes);
        }

        var name = members.Text("operator", PolicyLimits.MaxIdLength);
        var @operator = ParseOperator(name);
        if (name is not null && @operator is null)
        {
            problems.Add(members.At("operator"), $"\"{name}\" is no operator.", "Write eq, neq, lt, lte, gt, gte, in or nin.");
        }

        var value = members.Required("value");
        if (problems.Count > before || value is null)
        {
            return null;
        }

        var values = ParseValues(value.Value, @operator!.Value, members.At("value"), problems);
        if (problems.Count > before)
        {
            return null;
        }

        var condition = new RuleCondition(attribute!, @operator.Value, values);
        CheckTypes(condition, members, problems);
        return problems.Count > before ? null : condition;
    }

    private static ConditionOperator? ParseOperator(string? name) => name switch
    {
        "eq" => ConditionOperator.Eq,
        "neq" => ConditionOperator.Neq,
        "lt" => ConditionOperator.Lt,
        "lte" => ConditionOperator.Lte,
        "gt" => ConditionOperator.Gt,
        "gte" => ConditionOperator.Gte,
        "in" => ConditionOperator.In,
        "nin" => ConditionOperator.Nin,
        _ => null,
    };

    private static bool IsKnown(string attribute)
    {
        if (AttributeNames.IsText(attribute) || attribute is AttributeNames.Roles or AttributeNames.Time or AttributeNames.Address)
        {
            return true;
        }

        if (attribute.StartsWith(AttributeNames.PrincipalAttributes, StringComparison.Ordinal))
        {
            return attribute.Length - AttributeNames.PrincipalAttributes.Length is > 0 and <= PolicyLimits.MaxNameLength;
        }

        if (!attribute.StartsWith(AttributeNames.Arguments, StringComparison.Ordinal))
        {
            return false;
        }

        var names = attribute[AttributeNames.Arguments.Length..].Split('.');
        return names.Length <= PolicyLimits.MaxPathDepth && names.All(n => n.Length is > 0 and <= PolicyLimits.MaxNameLength);
    }

    private static List<RuleValue> ParseValues(JsonElement value, ConditionOperator @operator, string path, ProblemList problems)
    {
        var values = new List<RuleValue>();
        if (@operator is not (ConditionOperator.In or ConditionOperator.Nin))
        {
            ParseValue(value, path, values, problems);
            return values;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > PolicyLimits.MaxListLength)
        {
            problems.Add(path, "in and nin compare with a list.", $"Write a list of 1 to {PolicyLimits.MaxListLength} values.");
            return values;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            ParseValue(item, $"{path}[{index++}]", values, problems);
        }

        if (values.DistinctBy(v => v.Kind).Count() > 1)
        {
            problems.Add(path, "The values are of different types.", "Write values of one type; use two rules for two types.");
        }

        return values;
    }

    private static void ParseValue(JsonElement value, string path, List<RuleValue> values, ProblemList problems)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when Members.Text(value, path, PolicyLimits.MaxValueLength, problems) is { } text:
                values.Add(RuleValue.Of(text));
                break;
            case JsonValueKind.String:
                break;
            case JsonValueKind.True or JsonValueKind.False:
                values.Add(RuleValue.Of(value.GetBoolean()));
                break;
            case JsonValueKind.Number when ExactDecimal.TryParse(JsonMarshal.GetRawUtf8Value(value), out var number):
                values.Add(RuleValue.Of(number));
                break;
            case JsonValueKind.Number:
                problems.Add(path, "The number has more digits than can be compared exactly.", "Write at most 28 digits.");
                break;
            default:
                problems.Add(path, $"This is {Members.Describe(value)}, not a value that can be compared.", "Write a string, a number or a boolean.");
                break;
        }
    }

    private static void CheckTypes(RuleCondition condition, Members members, ProblemList problems)
    {
        var kind = condition.Values[0].Kind;
        var orders = condition.Operator is ConditionOperator.Lt or ConditionOperator.Lte or ConditionOperator.Gt or ConditionOperator.Gte;
        var at = members.At("value");
        if (condition.Attribute == AttributeNames.Time)
        {
            if (!orders)
            {
                problems.Add(members.At("operator"), "An instant is never met exactly.", "Write lt, lte, gt or gte.");
            }
            else if (kind != RuleValueKind.Text || TimeCondition.Parse(condition.Values[0].Text) is null)
            {
                problems.Add(at, "request.time compares with an instant.", "Write ISO 8601 with an offset: \"2026-01-31T18:00:00Z\".");
            }
        }
        else if (orders && kind != RuleValueKind.Number)
        {
            problems.Add(at, "lt, lte, gt and gte compare numbers.", "Write a number, or use eq, neq, in or nin.");
        }
        else if (condition.Attribute == AttributeNames.Address && (kind != RuleValueKind.Text || condition.Values.Any(v => AddressCondition.Parse(v.Text) is null)))
        {
            problems.Add(at, "request.ip compares with addresses and networks.", "Write \"10.0.0.0/8\", \"192.0.2.7\" or \"2001:db8::/32\".");
        }
        else if (kind != RuleValueKind.Text && (AttributeNames.IsText(condition.Attribute) || condition.Attribute == AttributeNames.Roles))
        {
            problems.Add(at, $"{condition.Attribute} is a string.", "Write a string in double quotes.");
        }
        else if (orders && condition.Attribute == AttributeNames.Address)
        {
            problems.Add(members.At("operator"), "Addresses have no order.", "Write eq, neq, in or nin.");
        }
        else if (kind == RuleValueKind.Boolean && condition.Attribute.StartsWith(AttributeNames.PrincipalAttributes, StringComparison.Ordinal))
        {
            problems.Add(at, "Attributes of a principal are strings.", "Write \"true\" in double quotes, as the attribute has it.");
        }
    }
}
