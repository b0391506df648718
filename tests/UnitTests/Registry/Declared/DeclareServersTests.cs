using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Declared;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry.Declared;

/// <summary>What becomes of the registry's records when a configuration declares them.</summary>
public sealed class DeclareServersTests
{
    private readonly RegistryWorld _world = new();

    [Fact]
    public async Task What_is_declared_is_created_changed_moved_and_deleted_and_twice_is_once()
    {
        Told(await _world.Declare(Server("a"), Server("b"), Route("go"), Set("one"), Set("two")))
            .ShouldBe(["Create servers.a f:1", "Create servers.b f:1", "Create routes.go f:1", "Create tool_sets.one f:1", "Create tool_sets.two f:1"]);
        var events = _world.Events.Count;
        Told(await _world.Declare(Server("a"), Server("b"), Route("go"), Set("one"), Set("two"))).ShouldBeEmpty();
        Told(await _world.Declare(Server("a", "f:2"), Server("b"), Route("go", "f:3"), Set("one", "f:4"), Set("two"))).ShouldBe(["Move servers.a f:2", "Move routes.go f:3", "Move tool_sets.one f:4"]);
        _world.Events.Count.ShouldBe(events, "gateways need not know of lines");

        var changed = (await _world.Declare(
            Server("a") with { Terms = Server("a").Terms with { Title = "New" } },
            Route("go") with { Terms = Route("go").Terms with { Enabled = false } },
            Set("one") with { Terms = Set("one").Terms with { Title = "New", Pinned = ["a/x"] } })).Value.Changes;

        changed.Select(c => $"{c.Action} {c.Path} {string.Join(",", c.Members)}").ShouldBe(
            ["Change servers.a title", "Delete servers.b ", "Change routes.go enabled", "Change tool_sets.one title,pinned", "Delete tool_sets.two "]);
        Told(await _world.Declare()).ShouldBe(["Delete servers.a f:1", "Delete routes.go f:1", "Delete tool_sets.one f:1"]);
        (_world.Servers.Count(s => s.DeletedAt is null), _world.Routes.Count, _world.Sets.Count(s => s.DeletedAt is null)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task A_plan_says_what_would_be_done_and_does_nothing()
    {
        Told(await _world.Plan(Server("a"), Route("go"), Set("one"))).ShouldBe(["Create servers.a f:1", "Create routes.go f:1", "Create tool_sets.one f:1"]);

        (_world.Servers.Count, _world.Routes.Count, _world.Sets.Count, _world.Events.Count).ShouldBe((0, 0, 0, 0));
    }

    [Fact]
    public async Task Every_change_of_a_set_is_a_version_of_it_as_are_those_over_the_API()
    {
        await _world.Declare(Set("one"));
        await _world.Declare(Set("one") with { Terms = Set("one").Terms with { Description = "Other" } });
        await _world.Declare(Set("one", "f:9") with { Terms = Set("one").Terms with { Description = "Other" } });
        await _world.Declare();

        _world.Revisions.Select(r => (r.Version, r.By, r.Terms.Description, r.Removed)).ShouldBe([(1, "ann", "", false), (2, "ann", "Other", false), (3, "ann", "Other", true)]);
        await _world.Declare(Set("one"));
        _world.Set("one").Id.ShouldNotBe(_world.Sets[0].Id, "what comes back later is a new one");
    }

    [Fact]
    public async Task A_set_of_the_file_is_read_only_elsewhere_and_says_where_it_is_declared()
    {
        await _world.Declare(Set("one", "mcpplatform.yaml:7"));

        foreach (var refused in (Error[])[(await _world.Replace("one", Set("one").Terms)).Error!, (await _world.RollBack("one", 1)).Error!, (await _world.Delete("one")).Error!])
        {
            (refused.Kind, refused.Code).ShouldBe((ErrorKind.Conflict, "tool_sets.managed"));
            refused.Message.ShouldContain("mcpplatform.yaml:7");
        }

        (_world.Set("one").ManagedBy, _world.Set("one").Version).ShouldBe((ManagedBy.File, 1));
    }

    [Fact]
    public async Task Names_that_others_have_are_taken_and_nothing_at_all_is_done()
    {
        _world.HttpTools.Add("tool");
        _world.Sets.Add(ToolSet.Create(DefaultTenant.Id, "mine", ManagedBy.Api, DateTimeOffset.UnixEpoch));

        (await _world.Declare(Server("tool"), Set("one"))).Error!.Details!.Single().Field.ShouldBe("servers.tool");
        var refused = await _world.Declare(Server("a"), Route("go"), Set("one"), Set("mine"));

        (refused.Error!.Code, refused.Error.Details!.Single().Field).ShouldBe(("configuration.taken", "tool_sets.mine"));
        (_world.Servers.Count, _world.Routes.Count, _world.Sets.Count).ShouldBe((0, 0, 1));
        Told(await _world.Declare()).ShouldBeEmpty("those of the API are left alone");
    }

    [Fact]
    public async Task Quotas_count_what_others_manage_as_well()
    {
        _world.Sets.Add(ToolSet.Create(DefaultTenant.Id, "mine", ManagedBy.Api, DateTimeOffset.UnixEpoch));

        (await _world.Declare(Set("one"), Set("two"), Set("three"))).Error!.Code.ShouldBe("tool_sets.limit");
        (await _world.Declare(Server("a"), Server("b"), Server("c"), Server("d"))).Error!.Code.ShouldBe("servers.limit");
        (await _world.Declare(Route("a"), Route("b"), Route("c"), Route("d"))).Error!.Code.ShouldBe("routes.limit");
        (await _world.Declare(Set("one"), Set("two"))).Value.Changes.Count.ShouldBe(2);
    }

    [Fact]
    public void What_no_set_can_be_is_told_with_the_configurations_names()
    {
        var bad = Set("one") with { Terms = Set("one").Terms with { Members = [new SetMember()] } };

        new DeclareServersValidator().Validate(new DeclareServers([], [], [bad])).Errors.ShouldHaveSingleItem().PropertyName.ShouldBe("tool_sets.one.Members[0]");
        new PlanServersValidator().Validate(new PlanServers([], [], [bad])).IsValid.ShouldBeFalse();
    }

    private static IEnumerable<string> Told(Result<DeclaredPlan> plan) => plan.Value.Changes.Select(c => $"{c.Action} {c.Path} {c.Origin}");

    private static DeclaredServer Server(string slug, string origin = "f:1") =>
        new(new RegisterServer(slug, null, ServerTransport.Http, "https://example.com/mcp", null, false, new Dictionary<string, string> { ["X-Key"] = "secret" }, null, null, ["read"], true), origin);

    private static DeclaredRoute Route(string intent, string origin = "f:1") =>
        new(new RouteTerms(intent, "", "", "", RouteBalancing.Failover, [new RouteCandidate("a", "x", 1, JsonElement.Parse("""{"n":1.50}"""))], true), "routes[0]", origin);

    private static DeclaredSet Set(string slug, string origin = "f:1") => new(
        slug,
        new ToolSetTerms("Set", "", "Read me first – \"é\" <now>.", [new SetMember("a", Tools: ["x*"]), new SetMember(Tag: "read", Resources: [])], [new SetOverride(
            "a", "x", Rename: "y", Annotations: JsonElement.Parse("""{"readOnlyHint":null}"""), Arguments: new Dictionary<string, JsonElement> { ["n"] = JsonElement.Parse("1.50"), ["text"] = JsonElement.Parse("\"é<\\u00e9\"") })]),
        origin);
}
