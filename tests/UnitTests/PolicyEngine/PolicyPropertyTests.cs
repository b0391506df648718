using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using McpPlatform.PolicyEngine;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.PolicyEngine;

/// <summary>What holds for every policy and every request, tried on thousands of random ones.</summary>
public sealed class PolicyPropertyTests
{
    [Fact]
    public void Decisions_are_those_of_the_naive_evaluator() => Always(c => c.Ask.Of(c.Policy).Effect == Naive.Decide(c.Document, c.Ask));

    [Fact]
    public void Lists_are_those_of_the_naive_evaluator() => Always(c => c.Ask.ListedBy(c.Policy) == Naive.CouldAllow(c.Document, c.Ask));

    [Fact]
    public void Whatever_can_be_called_is_listed() => Always(c => c.Ask.Of(c.Policy).Effect == Effect.Deny || c.Ask.ListedBy(c.Policy));

    [Fact]
    public void Order_of_roles_and_rules_changes_nothing() => Always(c =>
    {
        var reversed = c.Document.DeepClone().AsObject();
        reversed["roles"] = Reversed(reversed["roles"]!.AsArray());
        foreach (var role in reversed["roles"]!.AsArray())
        {
            role!["grants"] = Reversed(role["grants"]!.AsArray());
        }

        var ask = c.Ask with { Roles = [.. c.Ask.Roles.Reverse()] };
        var (before, after) = (c.Ask.Of(c.Policy), ask.Of((c with { Document = reversed }).Policy));
        // A malformed rule is named by its place, so only its name may differ.
        return before.Effect == after.Effect && before.Reason == after.Reason && (before.Reason == DecisionReason.MalformedRule || before.RuleId == after.RuleId);
    });

    [Fact]
    public void Adding_a_deny_never_widens() => Prop.ForAll(
        Generators.Cases,
        Generators.Rule("added").Where(r => (string)r["effect"]! is "deny" or "maybe").ToArbitrary(),
        (c, deny) =>
        {
            var narrowed = c.Document.DeepClone().AsObject();
            narrowed["roles"]![0]!["grants"]!.AsArray().Add(deny.DeepClone());
            var after = (c with { Document = narrowed }).Policy;
            return c.Ask.Of(after).Effect <= c.Ask.Of(c.Policy).Effect && (c.Ask.ListedBy(c.Policy) || !c.Ask.ListedBy(after));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4000));

    [Fact]
    public void Explanations_agree_with_decisions() => Always(c =>
    {
        var explanation = c.Ask.ExplainedBy(c.Policy);
        var decision = c.Ask.Of(c.Policy);
        var strongest = explanation.Rules.Where(r => r.Applies).Select(r => (Effect?)r.Effect).Min();
        return explanation.Decision == decision
            && explanation.Listed == c.Ask.ListedBy(c.Policy)
            && (decision.Reason == DecisionReason.OutOfScope || (strongest ?? Effect.Deny) == decision.Effect)
            && (decision.RuleId is null || explanation.Rules.Any(r => r.RuleId == decision.RuleId && r.Applies));
    });

    [Fact]
    public void Permissions_in_a_token_are_what_the_policy_decides() => Always(c =>
    {
        var policy = c.Policy;
        var permissions = PermissionSet.Parse(policy.ManagementPermissions(policy.Resolve(c.Ask.Principal), c.Ask.Time, c.Ask.Address));
        var ask = c.Ask with { Kind = TargetKind.Platform, Environment = null, Arguments = null, Name = "" };
        return Permissions.All.All(p => permissions.Allows(p) == (ask with { Action = p }).Of(policy).IsAllowed);
    });

    [Fact]
    public void What_may_be_granted_is_never_wider() => Prop.ForAll(
        Generators.Cases,
        Generators.Cases,
        (granter, other) =>
        {
            var policy = granter.Policy;
            var grantee = granter.Ask with { Roles = other.Ask.Roles, Scopes = other.Ask.Scopes, Subject = other.Ask.Subject, Level = other.Ask.Level };
            return !policy.MayGrant(policy.Resolve(granter.Ask.Principal), policy.Resolve(grantee.Principal))
                || grantee.Of(policy).Effect <= granter.Ask.Of(policy).Effect;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20000));

    [Fact]
    public void Wildcards_match_as_the_naive_matcher_does() => Prop.ForAll(
        Gen.Elements('a', 'b', '*').ListOf().Select(c => string.Concat(c)).ToArbitrary(),
        Gen.Elements('a', 'b').ListOf().Select(c => string.Concat(c)).ToArbitrary(),
        (pattern, text) => McpPlatform.PolicyEngine.Matching.WildcardPattern.Compile(pattern).Matches(text) == Naive.Like(pattern, text))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(14));

    [Fact]
    public void A_pattern_that_includes_another_matches_all_that_the_other_does() => Prop.ForAll(
        Gen.Elements('a', 'b', '*').ListOf().Select(c => string.Concat(c)).ToArbitrary(),
        Gen.Elements('a', 'b', '*').ListOf().Select(c => string.Concat(c)).ToArbitrary(),
        Gen.Elements('a', 'b').ListOf().Select(c => string.Concat(c)).ToArbitrary(),
        (outer, inner, text) =>
            !McpPlatform.PolicyEngine.Matching.WildcardPattern.Compile(outer).Includes(McpPlatform.PolicyEngine.Matching.WildcardPattern.Compile(inner))
            || !Naive.Like(inner, text)
            || Naive.Like(outer, text))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(20000).WithEndSize(8));

    [Fact]
    public void Damaged_documents_and_arguments_never_throw_and_never_reach_what_is_not_listed() => Prop.ForAll(
        Generators.Cases,
        Gen.Choose(0, 9999).Three().ToArbitrary(),
        (c, damage) =>
        {
            var damaged = PolicyDocument.Parse(Damaged(c.Document.ToJsonString(), damage));
            var policy = CompiledPolicy.Compile(damaged);
            c.Ask.Of(policy);
            c.Ask.ExplainedBy(policy);
            policy.ManagementPermissions(policy.Resolve(c.Ask.Principal));

            var text = Encoding.Latin1.GetString(Damaged(c.Ask.Arguments?.ToJsonString() ?? "{}", damage));
            return (c.Ask with { RawArguments = text }).Of(c.Policy).Effect == Effect.Deny || c.Ask.ListedBy(c.Policy);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4000));

    [Fact]
    public void The_random_policies_reach_every_effect_both_ways()
    {
        // Guards the properties above: with generators that never meet, they would hold for nothing.
        var seen = new HashSet<(Effect, bool)>();
        Prop.ForAll(Generators.Cases, c =>
        {
            seen.Add((c.Ask.Of(c.Policy).Effect, c.Ask.ListedBy(c.Policy)));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4000));

        seen.ShouldBe([(Effect.Deny, false), (Effect.Deny, true), (Effect.RequireApproval, true), (Effect.Allow, true)], ignoreOrder: true);
    }

    private static void Always(Func<Case, bool> property) => Prop.ForAll(Generators.Cases, property).Check(Config.QuickThrowOnFailure.WithMaxTest(4000));

    /// <summary>Overwrites, cuts or repeats a byte.</summary>
    private static byte[] Damaged(string json, (int Where, int What, int How) damage)
    {
        var bytes = Encoding.UTF8.GetBytes(json).ToList();
        var at = damage.Where % bytes.Count;
        switch (damage.How % 3)
        {
            case 0:
                bytes[at] = (byte)damage.What;
                break;
            case 1:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.Insert(at, bytes[at]);
                break;
        }

        return [.. bytes];
    }

    private static JsonArray Reversed(JsonArray array) => new([.. array.Reverse().Select(n => n!.DeepClone())]);
}
