using System.Text.Json;
using McpPlatform.PolicyEngine.Matching;

namespace McpPlatform.PolicyEngine.Parsing;

internal static class RuleParser
{
    private delegate (string Reason, string Fix)? PatternCheck(string pattern);

    /// <summary>Reads a rule. Null when any part of it is malformed: half a rule is none.</summary>
    public static PolicyRule? Parse(JsonElement element, string path, ProblemList problems)
    {
        var before = problems.Count;
        var members = Members.Read(element, path, problems, "id", "effect", "actions", "resources", "environments", "conditions", "description");
        if (members is null)
        {
            return null;
        }

        var id = members.Text("id", PolicyLimits.MaxIdLength);
        if (id is not null && !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            problems.Add(members.At("id"), "The id is not usable.", "Write letters, digits, '-', '_' and '.'.");
        }

        var effect = ParseEffect(members, problems);
        var actions = Patterns(members, "actions", isRequired: true, PatternSyntax.CheckAction, problems);
        var resources = Patterns(members, "resources", isRequired: true, PatternSyntax.CheckResource, problems);
        var environments = Patterns(members, "environments", isRequired: false, PatternSyntax.CheckEnvironment, problems);
        var conditions = ParseConditions(members, problems);
        var description = members.Optional("description") is null ? null : members.Text("description", PolicyLimits.MaxDescriptionLength);
        CheckManagement(members, actions, resources, environments, problems);
        return problems.Count > before ? null : new(id!, effect, actions, resources, environments, conditions, description);
    }

    private static Effect ParseEffect(Members members, ProblemList problems)
    {
        switch (members.Text("effect", PolicyLimits.MaxIdLength))
        {
            case "allow":
                return Effect.Allow;
            case "require_approval":
                return Effect.RequireApproval;
            case "deny" or null:
                return Effect.Deny;
            case var other:
                problems.Add(members.At("effect"), $"\"{other}\" is no effect.", "Write \"allow\", \"deny\" or \"require_approval\".");
                return Effect.Deny;
        }
    }

    private static List<string> Patterns(Members members, string name, bool isRequired, PatternCheck check, ProblemList problems)
    {
        var patterns = new List<string>();
        if (members.List(name, PolicyLimits.MaxPatternsPerRule, isRequired) is not { } elements)
        {
            return patterns;
        }

        if (elements.Length == 0)
        {
            problems.Add(members.At(name), "The list is empty, which does not mean everything.", isRequired ? "Write [\"*\"] for everything." : "Leave it out for every environment.");
        }

        for (var i = 0; i < elements.Length; i++)
        {
            var at = $"{members.At(name)}[{i}]";
            if (Members.Text(elements[i], at, PolicyLimits.MaxPatternLength, problems) is not { } text)
            {
                continue;
            }

            if (check(text) is var (reason, fix))
            {
                problems.Add(at, reason, fix);
                continue;
            }

            patterns.Add(text);
        }

        return patterns;
    }

    private static List<RuleCondition> ParseConditions(Members members, ProblemList problems)
    {
        var conditions = new List<RuleCondition>();
        var elements = members.List("conditions", PolicyLimits.MaxConditionsPerRule, isRequired: false) ?? [];
        for (var i = 0; i < elements.Length; i++)
        {
            if (ConditionParser.Parse(elements[i], $"{members.At("conditions")}[{i}]", problems) is { } condition)
            {
                conditions.Add(condition);
            }
        }

        return conditions;
    }

    private static void CheckManagement(Members members, List<string> actions, List<string> resources, List<string> environments, ProblemList problems)
    {
        if (environments.Count == 0 && resources.Any(r => r is "*" or PatternSyntax.Platform))
        {
            return;
        }

        for (var i = 0; i < actions.Count; i++)
        {
            if (Permissions.Areas.Contains(actions[i].Split(':')[0]) || Permissions.All.Contains(actions[i]))
            {
                problems.Add(
                    $"{members.At("actions")}[{i}]",
                    $"\"{actions[i]}\" is a management permission, which holds for the whole tenant; bound to resources or environments it would have no effect.",
                    "Write the resource \"platform\" and no environments, or name another action.");
            }
        }
    }
}
