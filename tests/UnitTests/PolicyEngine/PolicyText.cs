using System.Text;
using McpPlatform.PolicyEngine;

namespace McpPlatform.UnitTests.PolicyEngine;

/// <summary>Policies written as in the documentation, single quotes for double ones.</summary>
internal static class PolicyText
{
    /// <summary>A policy with one role, <c>dev</c>.</summary>
    public static CompiledPolicy Dev(params string[] rules) => Roles(("dev", rules));

    public static CompiledPolicy Roles(params (string Name, string[] Rules)[] roles) => Compile(
        $$"""{'roles':[{{string.Join(',', roles.Select(r => $$"""{'name':'{{r.Name}}','grants':[{{string.Join(',', r.Rules)}}]}"""))}}]}""");

    public static CompiledPolicy Compile(string json) => CompiledPolicy.Compile(Parse(json));

    public static PolicyDocument Parse(string json) => PolicyDocument.Parse(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));

    public static string Rule(string id, string effect, string action = "tools:call", string resource = "*", string conditions = "") =>
        $$"""{'id':'{{id}}','effect':'{{effect}}','actions':['{{action}}'],'resources':['{{resource}}']{{(conditions.Length == 0 ? "" : $",'conditions':[{conditions}]")}}}""";

    public static string Condition(string attribute, string @operator, string value) =>
        $$"""{'attribute':'{{attribute}}','operator':'{{@operator}}','value':{{value}}}""";
}
