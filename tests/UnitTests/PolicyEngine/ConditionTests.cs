using System.Net;
using McpPlatform.PolicyEngine;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.PolicyEngine.PolicyText;

namespace McpPlatform.UnitTests.PolicyEngine;

public sealed class ConditionTests
{
    private static readonly string s_all = Rule("all", "allow");

    [Theory]
    [InlineData("{\"amount\":101}", Effect.Deny)]
    [InlineData("{\"amount\":1.01e2}", Effect.Deny)]
    [InlineData("{\"amount\":100}", Effect.Allow)]
    [InlineData("{\"amount\":100.0}", Effect.Allow)]
    [InlineData("{}", Effect.Deny)]
    [InlineData("", Effect.Deny)]
    [InlineData("{\"amount\":\"5\"}", Effect.Deny)]
    [InlineData("{\"amount\":null}", Effect.Deny)]
    [InlineData("{\"amount\":[5]}", Effect.Deny)]
    public void A_deny_applies_unless_its_condition_is_known_to_fail(string arguments, Effect expected) =>
        new Ask { RawArguments = arguments }.Of(Dev(s_all, Rule("limit", "deny", conditions: Condition("arguments.amount", "gt", "100")))).Effect.ShouldBe(expected);

    [Theory]
    [InlineData("{\"amount\":5}", Effect.Allow)]
    [InlineData("{\"amount\":101}", Effect.Deny)]
    [InlineData("{}", Effect.Deny)]
    [InlineData("{\"amount\":\"5\"}", Effect.Deny)]
    public void An_allow_applies_only_when_its_condition_is_known_to_hold(string arguments, Effect expected) =>
        new Ask { RawArguments = arguments }.Of(Dev(Rule("small", "allow", conditions: Condition("arguments.amount", "lte", "100")))).Effect.ShouldBe(expected);

    [Fact]
    public void An_approval_applies_on_unknown_as_a_deny_does() =>
        new Ask().Of(Dev(s_all, Rule("ask", "require_approval", conditions: Condition("arguments.amount", "gt", "100")))).Effect.ShouldBe(Effect.RequireApproval);

    [Fact]
    public void One_failed_condition_outweighs_an_unknown_one() =>
        new Ask { RawArguments = "{}" }.Of(Dev(s_all, Rule("d", "deny", conditions: $"{Condition("arguments.amount", "gt", "1")},{Condition("principal.subject", "eq", "'bob'")}")))
            .Effect.ShouldBe(Effect.Allow);

    [Theory]
    [InlineData("{\"amount\":5,\"amount\":5}")]
    [InlineData("{\"amount\":5,\"Amount\":500}")]
    [InlineData("{\"AMOUNT\":500,\"amount\":5}")]
    [InlineData("{\"amount\":5,\"am\\u006funt\":500}")]
    [InlineData("{\"amount\":5} {}")]
    [InlineData("{\"amount\":5")]
    [InlineData("{\"amount\":5,\"\\ud800\":1}")]
    [InlineData("[{\"amount\":5}]")]
    [InlineData("{\"amount\":5.00000000000000000000000000000000000001}")]
    [InlineData("{\"amount\":1e-40}")]
    [InlineData("{\"amount\":0e99999999999}")]
    public void What_an_upstream_may_read_otherwise_is_unknown(string arguments)
    {
        new Ask { RawArguments = arguments }.Of(Dev(s_all, Rule("limit", "deny", conditions: Condition("arguments.amount", "gt", "100")))).Effect.ShouldBe(Effect.Deny);
        new Ask { RawArguments = arguments }.Of(Dev(Rule("small", "allow", conditions: Condition("arguments.amount", "lte", "100")))).Effect.ShouldBe(Effect.Deny);
    }

    [Theory]
    [InlineData("{\"user\":{\"name\":\"eve\"},\"user\":{}}")]
    [InlineData("{\"user\":{},\"user\":{\"name\":\"eve\"}}")]
    [InlineData("{\"User\":{\"name\":\"eve\"},\"user\":{\"name\":\"ann\"}}")]
    public void An_object_given_twice_makes_everything_in_it_unknown(string arguments) =>
        new Ask { RawArguments = arguments }.Of(Dev(s_all, Rule("d", "deny", conditions: Condition("arguments.user.name", "eq", "'eve'")))).Effect.ShouldBe(Effect.Deny);

    [Fact]
    public void Strings_compare_by_their_characters_after_escapes()
    {
        var policy = Dev(s_all, Rule("d", "deny", conditions: Condition("arguments.branch", "in", "['main','größe']")));

        new Ask { RawArguments = "{\"branch\":\"m\\u0061in\"}" }.Of(policy).Effect.ShouldBe(Effect.Deny);
        new Ask { RawArguments = "{\"branch\":\"größe\"}" }.Of(policy).Effect.ShouldBe(Effect.Deny);
        new Ask { RawArguments = "{\"branch\":\"Main\"}" }.Of(policy).Effect.ShouldBe(Effect.Allow);
        new Ask { RawArguments = "{\"branch\":\"\\ud800\"}" }.Of(policy).Effect.ShouldBe(Effect.Deny);
    }

    [Fact]
    public void Arguments_too_deep_to_read_are_unknown() =>
        new Ask { RawArguments = "{\"amount\":5,\"x\":" + new string('[', 5000) + new string(']', 5000) + "}" }
            .Of(Dev(s_all, Rule("limit", "deny", conditions: Condition("arguments.amount", "gt", "100")))).Effect.ShouldBe(Effect.Deny);

    [Fact]
    public void Conditions_on_arguments_leave_a_tool_in_the_list()
    {
        new Ask().ListedBy(Dev(s_all, Rule("d", "deny", conditions: Condition("arguments.a", "gt", "1")))).ShouldBeTrue();
        new Ask().ListedBy(Dev(Rule("a", "allow", conditions: Condition("arguments.a", "gt", "1")))).ShouldBeTrue();
        new Ask().ListedBy(Dev(s_all, Rule("r", "require_approval"))).ShouldBeTrue();
        new Ask().ListedBy(Dev(s_all, Rule("d", "deny"))).ShouldBeFalse();
        new Ask().ListedBy(Dev(s_all, Rule("d", "deny", conditions: Condition("principal.attributes.team", "eq", "'x'")))).ShouldBeFalse();
        new Ask().ListedBy(Dev()).ShouldBeFalse();
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.1.2.3", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData(null, false)]
    public void Addresses_are_compared_by_network(string? address, bool allowed) =>
        new Ask { Address = address is null ? null : IPAddress.Parse(address) }
            .Of(Dev(Rule("net", "allow", conditions: Condition("request.ip", "in", "['10.0.0.0/8','2001:db8::/32']")))).IsAllowed.ShouldBe(allowed);

    [Fact]
    public void Time_is_compared_as_an_instant()
    {
        var policy = Dev(Rule("until", "allow", conditions: Condition("request.time", "lt", "'2026-05-01T14:00:00+02:00'")));

        new Ask { Time = new(2026, 5, 1, 11, 59, 59, TimeSpan.Zero) }.Of(policy).IsAllowed.ShouldBeTrue();
        new Ask { Time = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero) }.Of(policy).IsAllowed.ShouldBeFalse();
        new Ask { Time = default }.Of(policy).IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public void Claims_are_read_as_numbers_where_the_rule_has_one()
    {
        var policy = Dev(Rule("senior", "allow", conditions: Condition("principal.attributes.level", "gte", "3")));

        new Ask { Level = "3.0" }.Of(policy).IsAllowed.ShouldBeTrue();
        new Ask { Level = "2" }.Of(policy).IsAllowed.ShouldBeFalse();
        new Ask { Level = "high" }.Of(policy).IsAllowed.ShouldBeFalse();
        new Ask { Level = null }.Of(policy).IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public void Explanations_say_what_is_unknown_without_repeating_values()
    {
        var policy = Dev(s_all, Rule("limit", "deny", conditions: Condition("arguments.amount", "gt", "100")));

        var explanation = new Ask { RawArguments = "{\"amount\":\"hunter2\"}" }.ExplainedBy(policy);

        explanation.Decision.RuleId.ShouldBe("dev/limit");
        explanation.Listed.ShouldBeTrue();
        var rule = explanation.Rules.Single(r => r.RuleId == "dev/limit");
        rule.Applies.ShouldBeTrue();
        rule.Conditions.Single().Outcome.ShouldBe(ConditionOutcome.Unknown);
        rule.Conditions.Single().Why.ShouldBe("arguments.amount is not a number that can be compared.");
    }
}
