using System.Text.Json.Nodes;
using McpPlatform.Configuration.Model;

namespace McpPlatform.Configuration;

/// <summary>Rules of the configuration as policy documents are.</summary>
public static class Rules
{
    /// <summary>A role: name and grants.</summary>
    public static JsonObject Document(string name, PolicySection policy) => new() { ["name"] = name, ["grants"] = Grants(policy) };

    /// <summary>The rules alone.</summary>
    public static JsonArray Grants(PolicySection policy) => new([.. policy.Grants.Select(Rule)]);

    private static JsonObject Rule(RuleSection rule)
    {
        var written = new JsonObject { ["id"] = rule.Id, ["effect"] = rule.Effect, ["actions"] = Texts(rule.Actions), ["resources"] = Texts(rule.Resources) };
        if (rule.Environments is not null)
        {
            written["environments"] = Texts(rule.Environments);
        }

        if (rule.Conditions is not null)
        {
            written["conditions"] = new JsonArray([.. rule.Conditions.Select(c => new JsonObject { ["attribute"] = c.Attribute, ["operator"] = c.Operator, ["value"] = c.Value?.DeepClone() })]);
        }

        if (rule.Description is not null)
        {
            written["description"] = rule.Description;
        }

        return written;
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
