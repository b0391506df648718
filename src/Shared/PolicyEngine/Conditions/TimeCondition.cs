using System.Globalization;

namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>A condition on the instant of the request, by lt, lte, gt, gte with an ISO 8601 instant.</summary>
internal sealed class TimeCondition(RuleCondition source) : Condition(source)
{
    private readonly DateTimeOffset _instant = Parse(source.Values[0].Text)!.Value;

    /// <summary>Reads an instant. Null without an offset: local to nobody knows whom.</summary>
    public static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
        && (text.EndsWith('Z') || text.AsSpan(10).ContainsAny('+', '-')) ? instant : null;

    public override ConditionOutcome Evaluate(ref Evaluation evaluation) =>
        evaluation.Request.Time == default ? ConditionOutcome.Unknown : Ordering(evaluation.Request.Time.CompareTo(_instant));
}
