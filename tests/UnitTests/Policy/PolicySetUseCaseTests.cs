using System.Text.Json;
using McpPlatform.Contracts.Policy;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Policies;
using McpPlatform.PolicyEngine;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy;

public sealed class PolicySetUseCaseTests
{
    private const string Allow = """[{"id":"a","effect":"allow","actions":["tools:call"],"resources":["tool:github/*"]}]""";

    private readonly PolicyWorld _world = new();

    [Fact]
    public async Task A_policy_set_is_written_and_announced()
    {
        var set = (await _world.Create("dev", Allow)).Value;

        set.Version.ShouldBe(1);
        set.Grants.GetRawText().ShouldBe(Allow);
        _world.Events.OfType<PolicyPublished>().Single().Version.ShouldBe(_world.Version);
    }

    [Fact]
    public async Task A_malformed_rule_is_refused_with_place_reason_and_fix()
    {
        var error = (await _world.Create("dev", """[{"id":"a","effect":"allow","actions":["tools:call"],"resources":["*"]},{"id":"b","effect":"maybe","actions":["tools:call"],"resources":["*"]}]""")).Error!;

        error.Kind.ShouldBe(ErrorKind.Invalid);
        error.Code.ShouldBe("policies.malformed");
        error.Details!.Single().ShouldBe(new ErrorDetail("grants[1].effect", "\"maybe\" is no effect. Write \"allow\", \"deny\" or \"require_approval\"."));
        _world.Sets.ShouldBeEmpty();
        _world.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_is_taken_once_and_free_again_after_deletion()
    {
        await _world.Create("dev", Allow);

        (await _world.Create("dev", Allow)).Error!.Code.ShouldBe("policies.exists");
        await _world.Delete("dev");
        (await _world.Create("dev", Allow)).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Built_in_roles_cannot_be_written_or_deleted()
    {
        (await _world.Create("admin", Allow)).Error!.Code.ShouldBe("policies.built_in");
        (await _world.Replace("viewer", Allow)).Error!.Code.ShouldBe("policies.built_in");
        (await _world.Delete("admin")).Error!.Code.ShouldBe("policies.built_in");
    }

    [Fact]
    public async Task Replacing_counts_up_and_honours_the_expected_version()
    {
        await _world.Create("dev", "[]");

        (await _world.Replace("dev", Allow, expected: 1)).Value.Version.ShouldBe(2);
        (await _world.Replace("dev", "[]", expected: 1)).Error!.Kind.ShouldBe(ErrorKind.PreconditionFailed);
        (await _world.Replace("dev", "[]")).Value.Version.ShouldBe(3);
        (await _world.Replace("dev", """[{"id":"x"}]""")).Error!.Code.ShouldBe("policies.malformed");
        (await _world.Replace("dev", "[]", rename: "other")).Error!.Code.ShouldBe("policies.renamed");
        (await _world.Replace("gone", "[]")).Error!.Kind.ShouldBe(ErrorKind.NotFound);
    }

    [Fact]
    public async Task A_role_is_deleted_only_when_no_key_holds_it_and_twice_is_once()
    {
        _world.HasRole("dev");
        var key = _world.Holds(["dev"]);

        (await _world.Delete("dev")).Error!.Code.ShouldBe("policies.in_use");
        key.Revoke("test", _world.Now);
        (await _world.Delete("dev", expected: 7)).Error!.Kind.ShouldBe(ErrorKind.PreconditionFailed);
        (await _world.Delete("dev")).IsSuccess.ShouldBeTrue();
        (await _world.Delete("dev")).IsSuccess.ShouldBeTrue();
        (await _world.Delete("never")).Error!.Kind.ShouldBe(ErrorKind.NotFound);
        _world.Events.OfType<PolicyPublished>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Number_and_size_are_limited()
    {
        _world.Quotas = _world.Quotas with { MaxPolicySetsPerTenant = 1, MaxPolicySetBytes = Allow.Length };
        await _world.Create("dev", Allow);

        (await _world.Create("more", "[]")).Error!.Code.ShouldBe("policies.limit");
        (await _world.Replace("dev", Allow.Replace("github", "gitlab2", StringComparison.Ordinal))).Error!.Kind.ShouldBe(ErrorKind.TooLarge);
    }

    [Fact]
    public async Task What_would_make_the_tenants_policy_unreadable_as_a_whole_is_refused()
    {
        string Conditions(string prefix) => "[" + string.Join(',', Enumerable.Range(0, 40).Select(i =>
            $$"""{"id":"r{{i}}","effect":"deny","actions":["*"],"resources":["*"],"conditions":[{{string.Join(',', Enumerable.Range(0, 16).Select(j =>
                $$"""{"attribute":"arguments.{{prefix}}{{i}}_{{j}}","operator":"eq","value":1}"""))}}]}""")) + "]";
        _world.Quotas = _world.Quotas with { MaxPolicySetBytes = 1 << 20 };

        (await _world.Create("one", Conditions("a"))).IsSuccess.ShouldBeTrue();
        (await _world.Create("two", Conditions("b"))).Error!.Code.ShouldBe("policies.tenant_limit");
    }

    [Fact]
    public async Task Lists_go_page_by_page_with_the_built_in_roles_in_their_places()
    {
        _world.HasRole("aaa");
        _world.HasRole("dev");

        var first = (await _world.List(limit: 3)).Value;
        var second = (await _world.List(limit: 3, cursor: first.NextCursor)).Value;

        first.Items.Select(i => i.Name).ShouldBe(["aaa", "admin", "dev"]);
        second.Items.Select(i => i.Name).ShouldBe(["viewer"]);
        second.NextCursor.ShouldBeNull();
        (await _world.List(cursor: Paging.Cursor("\0"))).Error!.Code.ShouldBe("paging.cursor");
        (await _world.List(limit: 201)).Error!.Code.ShouldBe("paging.limit");
    }

    [Fact]
    public async Task Explaining_names_the_rules_that_decide()
    {
        _world.HasRole("dev", Allow);
        var key = _world.Holds(["dev"]);

        var allowed = (await _world.Explain(Question with { KeyId = key.Id, Roles = null, Server = null, Tool = "github__list" })).Value;
        var other = (await _world.Explain(Question with { Server = "gitlab" })).Value;

        allowed.Decision.ShouldBe(Effect.Allow);
        allowed.RuleId.ShouldBe("dev/a");
        allowed.Listed.ShouldBeTrue();
        other.Decision.ShouldBe(Effect.Deny);
        other.Reason.ShouldBe("default_deny");
        other.Rules.Single().Covers.ShouldBeFalse();
    }

    [Fact]
    public async Task Explaining_for_a_key_that_does_not_authenticate_says_so()
    {
        var revoked = _world.Holds(["admin"]);
        revoked.Revoke("test", _world.Now);
        var expired = _world.Holds(["admin"], expiresAt: _world.Now);

        (await _world.Explain(Question with { KeyId = revoked.Id, Roles = null })).Value.Reason.ShouldBe("key_revoked");
        (await _world.Explain(Question with { KeyId = expired.Id, Roles = null })).Value.Reason.ShouldBe("key_expired");
        (await _world.Explain(Question with { KeyId = Guid.NewGuid(), Roles = null })).Error!.Kind.ShouldBe(ErrorKind.NotFound);
    }

    [Fact]
    public void A_question_is_checked_for_its_form()
    {
        var validator = new ExplainDecisionValidator();

        validator.Validate(Question).IsValid.ShouldBeTrue();
        validator.Validate(Question with { Roles = null, KeyId = Guid.NewGuid() }).IsValid.ShouldBeTrue();
        Fails(Question with { Roles = null }, "KeyId");
        Fails(Question with { KeyId = Guid.NewGuid() }, "KeyId");
        Fails(Question with { Server = null }, "Server");
        Fails(Question with { Server = "UPPER" }, "Server");
        Fails(Question with { Tool = "" }, "Tool");
        Fails(Question with { Action = "call" }, "Action");
        Fails(Question with { Ip = "10.0.0.0/8" }, "Ip");
        Fails(Question with { Arguments = JsonElement.Parse("[]") }, "Arguments");

        void Fails(ExplainDecision question, string field) => validator.Validate(question).Errors.ShouldContain(e => e.PropertyName == field);
    }

    private static ExplainDecision Question => new(null, ["dev"], null, null, null, "github", "list", null, null, null, null);
}
