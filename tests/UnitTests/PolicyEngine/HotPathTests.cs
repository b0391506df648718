using System.Diagnostics;
using System.Text;
using McpPlatform.PolicyEngine;
using McpPlatform.PolicyEngine.Matching;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.PolicyEngine.PolicyText;

namespace McpPlatform.UnitTests.PolicyEngine;

public sealed class HotPathTests
{
    [Fact]
    public void A_decision_without_argument_conditions_allocates_nothing()
    {
        var policy = Roles(
            ("dev", [Rule("a", "allow", "tools:*", "tool:git*/*"), Rule("b", "deny", "tools:*", "tool:*/delete_*"), Rule("c", "allow", "custom:*")]),
            ("ops", [Rule("d", "deny", conditions: Condition("principal.subject", "in", "['bob','eve']")), Rule("e", "deny", conditions: Condition("request.ip", "nin", "['127.0.0.0/8']"))]),
            ("night", [Rule("f", "require_approval", conditions: Condition("principal.roles", "in", "['x']"))]));

        Allocated(policy, new Ask { Roles = ["dev", "ops", "night"] }).ShouldBe(0);
        Allocated(policy, new Ask { Roles = ["dev", "ops", "night"], Action = "custom:thing", Scopes = ["custom:*"] }).ShouldBe(0);
    }

    [Fact]
    public void A_decision_on_arguments_allocates_nothing_either()
    {
        var policy = Dev(Rule("a", "allow"), Rule("b", "deny", conditions: $"{Condition("arguments.user.name", "eq", "'eve'")},{Condition("arguments.amount", "gt", "100")}"));

        Allocated(policy, new Ask { RawArguments = """{"user":{"name":"e\u0076e"},"amount":7,"text":"…"}""" }).ShouldBe(0);
    }

    [Theory]
    [InlineData("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", 'a')]
    [InlineData("****************************************************************b", 'a')]
    [InlineData("*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab*", 'a')]
    public void Adversarial_wildcards_take_linear_time(string pattern, char character)
    {
        var compiled = WildcardPattern.Compile(pattern);
        var text = new string(character, 4_000_000) + "!";
        var watch = Stopwatch.StartNew();

        compiled.Matches(text).ShouldBeFalse();

        // 4 million characters were measured at 20 ms; quadratic time would be hours.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Large_arguments_are_read_once_however_many_rules_ask()
    {
        var policy = Dev(
            [Rule("all", "allow"), .. Enumerable.Range(0, 400).Select(i => Rule($"d{i}", "deny", conditions: Condition($"arguments.n{i}", "eq", "1")))]);
        var arguments = "{" + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"n{i}\":0")) + "}";
        var watch = Stopwatch.StartNew();

        new Ask { RawArguments = arguments }.Of(policy).Effect.ShouldBe(Effect.Allow);

        // 2 MB read once were measured at 7 ms; read for each rule they would take seconds.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Arguments_are_not_read_when_no_rule_asks() =>
        new Ask { RawArguments = "not json" }.Of(Dev(Rule("a", "allow"), Rule("d", "deny", resource: "tool:other/*", conditions: Condition("arguments.a", "eq", "1"))))
            .Effect.ShouldBe(Effect.Allow);

    private static long Allocated(CompiledPolicy policy, Ask ask)
    {
        var principal = policy.Resolve(ask.Principal);
        var arguments = Encoding.UTF8.GetBytes(ask.RawArguments ?? "");
        Run(policy, principal, ask, arguments, 200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(policy, principal, ask, arguments, 100);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Run(CompiledPolicy policy, CompiledPrincipal principal, Ask ask, byte[] arguments, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var request = new AccessRequest
            {
                Principal = principal,
                Action = ask.Action,
                Server = ask.Server,
                Name = ask.Name,
                Environment = ask.Environment,
                Time = ask.Time,
                Address = ask.Address,
                Arguments = arguments,
            };
            policy.Decide(request);
            policy.CouldAllow(request);
        }
    }
}
