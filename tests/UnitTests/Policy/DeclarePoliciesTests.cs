using System.Text.Json;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Declared;
using McpPlatform.Policy.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy;

public sealed class DeclarePoliciesTests
{
    private const string Rule = """[{"id":"a","effect":"allow","actions":["tools:call"],"resources":["tool:x/*"]}]""";

    private readonly PolicyWorld _world = new();

    [Fact]
    public async Task What_is_declared_is_created_changed_moved_and_deleted_and_twice_is_once()
    {
        Actions(await _world.Declare(null, Role("a"), Role("b"))).ShouldBe(["Create policies.a", "Create policies.b"]);
        var events = _world.Events.Count;
        Actions(await _world.Declare(null, Role("a"), Role("b"))).ShouldBeEmpty();
        Actions(await _world.Declare(null, Role("a", origin: "f:9"), Role("b"))).ShouldBe(["Move policies.a"]);
        _world.Events.Count.ShouldBe(events, "gateways need not know of lines");

        Actions(await _world.Declare(null, Role("a", """[ {"resources":["tool:x/*"], "id":"a","effect":"allow","actions":["tools:call"]} ]""", "f:9"))).ShouldBe(["Delete policies.b"], "the order of members says nothing");
        (await _world.Declare(null, Role("a", "[]", "f:9"))).Value.Changes.ShouldHaveSingleItem().Members.ShouldBe(["grants"]);

        var set = _world.Sets.Single(s => s.DeletedAt is null);
        (set.ManagedBy, set.Origin, set.Grants).ShouldBe((PolicyManagedBy.File, "f:9", "[]"));
        (await _world.Replace("a", Rule)).Error!.Code.ShouldBe("policies.managed");
        (await _world.Delete("a")).Error!.Message.ShouldContain("f:9");
    }

    [Fact]
    public async Task Roles_of_the_API_are_left_alone_and_their_names_are_taken()
    {
        _world.HasRole("mine");

        var refused = await _world.Declare(null, Role("other"), Role("mine"));

        (refused.Error!.Code, refused.Error.Details!.Single().Field).ShouldBe(("configuration.taken", "policies.mine"));
        Actions(await _world.Declare(null)).ShouldBeEmpty();
        _world.Sets.ShouldHaveSingleItem().DeletedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_role_that_keys_hold_does_not_go()
    {
        await _world.Declare(null, Role("a"));
        _world.Holds(["a"]);

        (await _world.Declare(null)).Error!.Code.ShouldBe("policies.in_use");
    }

    [Fact]
    public async Task Limits_and_rules_hold_as_over_the_API()
    {
        (await _world.Declare(null, Role("a"), Role("b"), Role("c"), Role("d"))).Error!.Code.ShouldBe("policies.limit");
        (await _world.Declare(null, Role("a", """[{"id":"x"}]"""))).Error!.Code.ShouldBe("policies.malformed");
    }

    [Fact]
    public async Task The_tenants_bound_comes_and_goes_with_the_configuration_and_one_of_the_API_stays()
    {
        var tenant = Tenant.Found(DefaultTenant.Id, "default", "Default", _world.Now);
        _world.Tenants.Add(tenant);

        Actions(await _world.Declare(50)).ShouldBe(["Create limits.max_concurrency"]);
        tenant.Change("Default", true, 60, _world.Now).Error!.Code.ShouldBe("tenants.managed");
        Actions(await _world.Declare(70)).ShouldBe(["Change limits.max_concurrency"]);
        Actions(await _world.Declare(null)).ShouldBe(["Delete limits.max_concurrency"]);
        tenant.MaxConcurrency.ShouldBeNull();

        tenant.Change("Default", true, 60, _world.Now).IsSuccess.ShouldBeTrue();
        Actions(await _world.Declare(null)).ShouldBeEmpty();
        (await _world.Declare(70)).Error!.Code.ShouldBe("configuration.taken");
        tenant.MaxConcurrency.ShouldBe(60);
    }

    private static DeclaredPolicy Role(string name, string grants = Rule, string origin = "mcpplatform.yaml:1") => new(name, null, JsonElement.Parse(grants), origin);

    private static string[] Actions(Result<DeclaredPlan> result) => [.. result.Value.Changes.Select(c => $"{c.Action} {c.Path}")];
}
