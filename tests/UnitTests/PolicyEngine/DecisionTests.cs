using McpPlatform.PolicyEngine;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.PolicyEngine.PolicyText;

namespace McpPlatform.UnitTests.PolicyEngine;

public sealed class DecisionTests
{
    [Fact]
    public void Nobody_may_anything_by_default()
    {
        new Ask().Of(Dev()).ShouldBe(new Decision(Effect.Deny, null, DecisionReason.DefaultDeny));
        new Ask { Roles = ["unheard-of"] }.Of(Dev(Rule("all", "allow"))).Effect.ShouldBe(Effect.Deny);
    }

    [Fact]
    public void Default_decision_denies() => default(Decision).Effect.ShouldBe(Effect.Deny);

    [Fact]
    public void An_allow_names_itself() => new Ask().Of(Dev(Rule("calls", "allow"))).ShouldBe(new Decision(Effect.Allow, "dev/calls", DecisionReason.Allowed));

    [Fact]
    public void Deny_outranks_approval_outranks_allow_in_any_order()
    {
        string[] rules = [Rule("a", "allow"), Rule("b", "require_approval"), Rule("c", "deny")];

        new Ask().Of(Dev(rules)).ShouldBe(new Decision(Effect.Deny, "dev/c", DecisionReason.Denied));
        new Ask().Of(Dev([.. rules.Reverse()])).RuleId.ShouldBe("dev/c");
        new Ask().Of(Dev(rules[1], rules[0])).ShouldBe(new Decision(Effect.RequireApproval, "dev/b", DecisionReason.ApprovalRequired));
    }

    [Fact]
    public void Admins_may_everything_that_no_other_role_of_theirs_denies()
    {
        var policy = Roles(("careful", [Rule("no-deletes", "deny", "tools:*", "tool:*/delete_*"), Rule("ask", "require_approval", "tools:*", "tool:*/merge")]));

        new Ask { Roles = ["admin"], Name = "delete_repo" }.Of(policy).Effect.ShouldBe(Effect.Allow);
        new Ask { Roles = ["admin", "careful"], Name = "delete_repo" }.Of(policy).Effect.ShouldBe(Effect.Deny);
        new Ask { Roles = ["admin", "careful"], Name = "merge" }.Of(policy).Effect.ShouldBe(Effect.RequireApproval);
        new Ask { Roles = ["admin", "careful"] }.Of(policy).Effect.ShouldBe(Effect.Allow);
    }

    [Fact]
    public void Viewers_read_the_platform_and_call_nothing()
    {
        var policy = Dev();

        new Ask { Roles = ["viewer"] }.Of(policy).Effect.ShouldBe(Effect.Deny);
        new Ask { Roles = ["viewer"] }.ListedBy(policy).ShouldBeFalse();
        new Ask { Roles = ["viewer"], Action = "servers:read", Kind = TargetKind.Platform }.Of(policy).Effect.ShouldBe(Effect.Allow);
        new Ask { Roles = ["viewer"], Action = "servers:write", Kind = TargetKind.Platform }.Of(policy).Effect.ShouldBe(Effect.Deny);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("server:git*", true)]
    [InlineData("server:github", true)]
    [InlineData("server:Github", false)]
    [InlineData("tool:github/list_issues", true)]
    [InlineData("tool:github/*", true)]
    [InlineData("tool:*/list_*", true)]
    [InlineData("tool:git*issues", true)]
    [InlineData("tool:gitlab/*", false)]
    [InlineData("prompt:github/*", false)]
    [InlineData("platform", false)]
    public void Resources_match_as_written(string resource, bool matches) =>
        new Ask().Of(Dev(Rule("r", "allow", resource: resource))).IsAllowed.ShouldBe(matches);

    [Fact]
    public void A_wildcard_crosses_slashes() => new Ask { Name = "a/b/c" }.Of(Dev(Rule("r", "allow", resource: "tool:github/*c"))).IsAllowed.ShouldBeTrue();

    [Fact]
    public void Rules_for_environments_leave_servers_without_one_alone()
    {
        var policy = Dev(Rule("all", "allow"), "{'id':'prod','effect':'deny','actions':['*'],'resources':['*'],'environments':['prod*']}");

        new Ask { Environment = "prod-eu" }.Of(policy).Effect.ShouldBe(Effect.Deny);
        new Ask { Environment = "dev" }.Of(policy).Effect.ShouldBe(Effect.Allow);
        new Ask { Environment = null }.Of(policy).Effect.ShouldBe(Effect.Allow);
    }

    [Fact]
    public void Scopes_bound_what_roles_give()
    {
        var policy = Dev(Rule("all", "allow", "*"));

        new Ask { Scopes = ["tools:*"] }.Of(policy).IsAllowed.ShouldBeTrue();
        new Ask { Scopes = ["servers:*"] }.Of(policy).ShouldBe(new Decision(Effect.Deny, null, DecisionReason.OutOfScope));
        new Ask { Roles = ["admin"], Scopes = ["servers:*"] }.Of(policy).Effect.ShouldBe(Effect.Deny);
        new Ask { Roles = ["admin"], Scopes = ["not a scope"] }.Of(policy).Reason.ShouldBe(DecisionReason.OutOfScope);
    }

    [Fact]
    public void Too_many_roles_or_scopes_deny_everything()
    {
        new Ask { Roles = ["admin", .. Enumerable.Range(0, PolicyLimits.MaxRolesPerPrincipal).Select(i => $"r{i}")] }.Of(Dev()).Reason.ShouldBe(DecisionReason.Unreadable);
        new Ask { Roles = ["admin"], Scopes = [.. Enumerable.Repeat("*", PolicyLimits.MaxScopes + 1)] }.Of(Dev()).Reason.ShouldBe(DecisionReason.Unreadable);
    }

    [Fact]
    public void A_principal_of_another_policy_is_a_bug_of_the_caller()
    {
        var principal = Dev().Resolve(new Ask().Principal);

        Should.Throw<ArgumentException>(() => Dev().Decide(new AccessRequest { Principal = principal, Action = "tools:call" }));
    }

    [Fact]
    public void Names_longer_than_any_buffer_are_decided() =>
        new Ask { Name = new string('x', 100_000) + "!" }.Of(Dev(Rule("r", "allow", resource: "tool:github/*!"))).IsAllowed.ShouldBeTrue();
}
