using System.Text;
using McpPlatform.PolicyEngine;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.PolicyEngine.PolicyText;

namespace McpPlatform.UnitTests.PolicyEngine;

public sealed class MalformedPolicyTests
{
    [Theory]
    [InlineData("{'id':'x','effect':'maybe','actions':['*'],'resources':['*']}", "effect")]
    [InlineData("{'id':'x','effect':null,'actions':['*'],'resources':['*']}", "effect")]
    [InlineData("{'id':'x','effect':'Allow','actions':['*'],'resources':['*']}", "effect")]
    [InlineData("{'id':'x','effect':['allow'],'actions':['*'],'resources':['*']}", "effect")]
    [InlineData("{'id':'x','actions':['*'],'resources':['*']}", "effect")]
    [InlineData("{'id':'x','effect':'deny','effect':'allow','actions':['*'],'resources':['*']}", "effect")]
    [InlineData("{'effect':'allow','actions':['*'],'resources':['*']}", "id")]
    [InlineData("{'id':'a b','effect':'allow','actions':['*'],'resources':['*']}", "id")]
    [InlineData("{'id':'x','effect':'allow','actions':[],'resources':['*']}", "actions")]
    [InlineData("{'id':'x','effect':'allow','actions':'*','resources':['*']}", "actions")]
    [InlineData("{'id':'x','effect':'allow','actions':['call'],'resources':['*']}", "actions[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['!tools:call'],'resources':['*']}", "actions[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':[null]}", "resources[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['']}", "resources[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['github']}", "resources[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['tool:delete_repo']}", "resources[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['tool:git/delete_?']}", "resources[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['tool:git/a\\u0000*']}", "resources[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['tool:git/\\ud800']}", "resources[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'environments':[]}", "environments")]
    [InlineData("{'id':'x','effect':'deny','actions':['servers:write'],'resources':['server:git']}", "actions[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'priority':1}", "")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':'x'}", "conditions")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'exec':'id'}]}", "conditions[0]")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'env.HOME','operator':'eq','value':'x'}]}", "conditions[0].attribute")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'arguments.','operator':'eq','value':'x'}]}", "conditions[0].attribute")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'arguments.a','operator':'matches','value':'x'}]}", "conditions[0].operator")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'arguments.a','operator':'gt','value':'x'}]}", "conditions[0].value")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'arguments.a','operator':'eq','value':null}]}", "conditions[0].value")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'arguments.a','operator':'in','value':[1,'x']}]}", "conditions[0].value")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'arguments.a','operator':'eq','value':1e400}]}", "conditions[0].value")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'request.ip','operator':'in','value':['999.1.1.1/99']}]}", "conditions[0].value")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'request.time','operator':'lt','value':'25:61'}]}", "conditions[0].value")]
    [InlineData("{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'conditions':[{'attribute':'request.time','operator':'lt','value':'2026-05-01T14:00:00'}]}", "conditions[0].value")]
    [InlineData("17", "")]
    public void A_malformed_rule_denies_everything_to_the_holders_of_its_role_and_says_where(string rule, string path)
    {
        var policy = Dev(Rule("all", "allow", "*"), rule);

        var decision = new Ask { Roles = ["admin", "dev"], Action = "prompts:get", Kind = TargetKind.Prompt }.Of(policy);

        decision.Reason.ShouldBe(DecisionReason.MalformedRule);
        new Ask { Roles = ["admin"] }.Of(policy).IsAllowed.ShouldBeTrue();
        policy.Problems.ShouldContain(p => p.Path == (path.Length == 0 ? "roles[0].grants[1]" : $"roles[0].grants[1].{path}"));
        policy.Problems.ShouldAllBe(p => p.Reason.EndsWith('.') && p.Fix.EndsWith('.'));
        PermissionSet.Parse(policy.ManagementPermissions(policy.Resolve(new Ask { Roles = ["admin", "dev"] }.Principal))).Allows("servers:read").ShouldBeFalse();
    }

    [Fact]
    public void A_rule_id_used_twice_is_malformed() => new Ask().Of(Dev(Rule("x", "allow"), Rule("x", "allow"))).Reason.ShouldBe(DecisionReason.MalformedRule);

    [Theory]
    [InlineData("{'roles':[{'name':'dev'}]}")]
    [InlineData("{'roles':[{'name':'dev','grants':{}}]}")]
    [InlineData("{'roles':[{'name':'dev','grants':[],'extra':1}]}")]
    public void A_malformed_role_denies_everything_to_its_holders(string json)
    {
        var policy = Compile(json);

        new Ask { Roles = ["admin", "dev"] }.Of(policy).Reason.ShouldBe(DecisionReason.MalformedRule);
        new Ask { Roles = ["admin"] }.Of(policy).IsAllowed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{'roles':[]} trailing")]
    [InlineData("{'roles':[],'more':1}")]
    [InlineData("{'roles':[],'roles':[]}")]
    [InlineData("{'roles':[{'grants':[]}]}")]
    [InlineData("{'roles':[{'name':'../x','grants':[]}]}")]
    [InlineData("{'roles':[{'name':'x','grants':[]},{'name':'x','grants':[]}]}")]
    public void An_unreadable_document_denies_everything_to_everybody(string json)
    {
        var policy = Compile(json);

        new Ask { Roles = ["admin"] }.Of(policy).Reason.ShouldBe(DecisionReason.Unreadable);
        new Ask { Roles = ["admin"] }.ListedBy(policy).ShouldBeFalse();
        policy.ManagementPermissions(policy.Resolve(new Ask { Roles = ["admin"] }.Principal)).ShouldBe(["!*"]);
        policy.Problems.ShouldNotBeEmpty();
    }

    [Fact]
    public void Built_in_roles_cannot_be_redefined()
    {
        var policy = Compile("{'roles':[{'name':'admin','grants':[]}]}");

        policy.Problems.Single().Path.ShouldBe("roles[0].name");
        new Ask { Roles = ["admin"] }.Of(policy).Reason.ShouldBe(DecisionReason.MalformedRule);
    }

    [Fact]
    public void Every_limit_holds()
    {
        string Long(int length) => new('x', length);
        string Many(string item, int count) => string.Join(',', Enumerable.Repeat(item, count));

        Reject($"{{'id':'{Long(PolicyLimits.MaxIdLength + 1)}','effect':'allow','actions':['*'],'resources':['*']}}");
        Reject($"{{'id':'x','effect':'allow','actions':[{Many("'*'", PolicyLimits.MaxPatternsPerRule + 1)}],'resources':['*']}}");
        Reject($"{{'id':'x','effect':'allow','actions':['*'],'resources':['tool:*/{Long(PolicyLimits.MaxPatternLength)}']}}");
        Reject($"{{'id':'x','effect':'allow','actions':['*'],'resources':['*'],'description':'{Long(PolicyLimits.MaxDescriptionLength + 1)}'}}");
        Reject(Rule("x", "allow", conditions: Many(Condition("arguments.a", "eq", "1"), PolicyLimits.MaxConditionsPerRule + 1)));
        Reject(Rule("x", "allow", conditions: Condition("arguments.a", "in", $"[{Many("1", PolicyLimits.MaxListLength + 1)}]")));
        Reject(Rule("x", "allow", conditions: Condition("arguments.a", "eq", $"'{Long(PolicyLimits.MaxValueLength + 1)}'")));
        Reject(Rule("x", "allow", conditions: Condition("arguments." + string.Join('.', Enumerable.Repeat("a", PolicyLimits.MaxPathDepth + 1)), "eq", "1")));
        Reject(Rule("x", "allow", conditions: Condition("arguments." + Long(PolicyLimits.MaxNameLength + 1), "eq", "1")));
        Dev([.. Enumerable.Range(0, PolicyLimits.MaxRulesPerRole + 1).Select(i => Rule($"r{i}", "allow"))]).Problems.Single().Path.ShouldBe("roles[0].grants");
        Roles([.. Enumerable.Range(0, PolicyLimits.MaxRoles + 1).Select(i => ($"r{i}", Array.Empty<string>()))]).Problems.Single().Path.ShouldBe("roles");
        Dev([.. Enumerable.Range(0, 65).Select(i => Rule($"r{i}", "allow", conditions: string.Join(',', Enumerable.Range(0, 16).Select(j => Condition($"arguments.a{i}_{j}", "eq", "1")))))])
            .Problems.Single().Reason.ShouldContain("different arguments");
        PolicyDocument.Parse(Encoding.UTF8.GetBytes(new string(' ', PolicyLimits.MaxDocumentBytes + 1))).IsUnreadable.ShouldBeTrue();
        Dev([.. Enumerable.Range(0, PolicyLimits.MaxRulesPerRole).Select(i => "{}")]).Problems.Count.ShouldBe(PolicyLimits.MaxProblems);

        static void Reject(string rule) => new Ask { Roles = ["admin", "dev"] }.Of(Dev(rule)).Reason.ShouldBe(DecisionReason.MalformedRule);
    }

    [Fact]
    public void A_role_by_itself_reports_paths_from_itself()
    {
        using var json = System.Text.Json.JsonDocument.Parse("""{"name":"dev","grants":[{"id":"x","effect":"maybe","actions":["*"],"resources":["*"]}]}""");

        var role = PolicyRole.Parse(json.RootElement, out var problems);

        role.ShouldNotBeNull().Malformed.ShouldBe(["grants[0]"]);
        problems.Single().Path.ShouldBe("grants[0].effect");
    }
}
