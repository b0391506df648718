using System.Text.Json;

namespace McpPlatform.PolicyEngine.Parsing;

internal static class RoleParser
{
    /// <summary>Reads a role. Null when nobody can say who holds it: it has no usable name.</summary>
    public static PolicyRole? Parse(JsonElement element, string path, ProblemList problems)
    {
        var before = problems.Count;
        var members = Members.Read(element, path, problems, "name", "grants");
        if (members?.Text("name", PolicyLimits.MaxIdLength) is not { } name)
        {
            return null;
        }

        if (!PolicyRole.IsName(name))
        {
            problems.Add(members.At("name"), "The name is not usable.", "Write a-z, 0-9, '-' and '_', starting with a letter or digit.");
            return null;
        }

        if (BuiltInRoles.Contains(name))
        {
            problems.Add(members.At("name"), $"\"{name}\" is built in and cannot be changed.", "Choose another name; a principal can hold both.");
        }

        var grants = members.List("grants", PolicyLimits.MaxRulesPerRole, isRequired: true);
        if (grants is null || problems.Count > before)
        {
            return new(name, [], [], IsUnreadable: true);
        }

        var rules = new List<PolicyRule>();
        var malformed = new List<string>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < grants.Length; i++)
        {
            var at = Members.Join(path, $"grants[{i}]");
            var rule = RuleParser.Parse(grants[i], at, problems);
            if (rule is null || !ids.Add(rule.Id))
            {
                if (rule is not null)
                {
                    problems.Add($"{at}.id", $"The id \"{rule.Id}\" is taken by another rule of this role.", "Give each rule its own id.");
                }

                malformed.Add($"grants[{i}]");
                continue;
            }

            rules.Add(rule);
        }

        return new(name, rules, malformed, IsUnreadable: false);
    }
}
