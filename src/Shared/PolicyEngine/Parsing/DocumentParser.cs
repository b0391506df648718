using System.Text.Json;

namespace McpPlatform.PolicyEngine.Parsing;

internal static class DocumentParser
{
    public static PolicyDocument Parse(JsonElement element)
    {
        var problems = new ProblemList();
        var elements = Members.Read(element, "", problems, "roles")?.List("roles", PolicyLimits.MaxRoles, isRequired: true);
        if (elements is null || problems.Count > 0)
        {
            return new([], problems.Items, IsUnreadable: true);
        }

        var roles = new List<PolicyRole>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < elements.Length; i++)
        {
            var path = $"roles[{i}]";
            if (RoleParser.Parse(elements[i], path, problems) is not { } role)
            {
                return new([], problems.Items, IsUnreadable: true);
            }

            if (!names.Add(role.Name))
            {
                problems.Add($"{path}.name", "The name is taken by another role of this document.", "Give each role its own name.");
                return new([], problems.Items, IsUnreadable: true);
            }

            roles.Add(role);
        }

        var argumentNames = ArgumentNames(roles);
        if (argumentNames > PolicyLimits.MaxArgumentNames)
        {
            problems.Add("", $"Its conditions name {argumentNames} different arguments; at most {PolicyLimits.MaxArgumentNames} are read.", "Remove rules that are not needed.");
            return new([], problems.Items, IsUnreadable: true);
        }

        return new(roles, problems.Items, IsUnreadable: false);
    }

    public static PolicyDocument Unreadable(string reason, string fix) => new([], [new("", reason, fix)], IsUnreadable: true);

    private static int ArgumentNames(List<PolicyRole> roles)
    {
        var paths = new Conditions.ArgumentPaths();
        foreach (var condition in roles.SelectMany(r => r.Rules).SelectMany(r => r.Conditions))
        {
            if (condition.Attribute.StartsWith(Conditions.AttributeNames.Arguments, StringComparison.Ordinal))
            {
                paths.Add(condition.Attribute[Conditions.AttributeNames.Arguments.Length..]);
            }
        }

        return paths.Count;
    }
}
