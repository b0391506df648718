using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Intents;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Intents;

/// <summary>Who carries out an intent, and for whom.</summary>
public sealed class IntentRouterTests : IDisposable
{
    private const string NoC = """
        {"roles":[{"name":"caller","grants":[
          {"id":"all","effect":"allow","actions":["tools:call"],"resources":["*"]},
          {"id":"no-c","effect":"deny","actions":["tools:call"],"resources":["tool:c/*"]}]}]}
        """;

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly GatewayStateStore _store;

    public IntentRouterTests() => _store = new GatewayStateStore(new SnapshotFiles(_folder.File("snapshots"), _time), new RecordingObserver(), _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_route_asks_its_candidates_in_order_and_outranks_what_integrations_say()
    {
        Use([Route("go", Candidates("b", "a"))], [Says("other", "d", new Capability("go", "run"))]);

        Chosen("go").ShouldBe(["b", "a"]);
    }

    [Fact]
    public void What_the_caller_may_not_call_or_is_not_there_is_not_asked_and_makes_no_difference()
    {
        Use([Route("go", Candidates("c", "gone", "a")), Route("secret", Candidates("c"))]);

        Chosen("go").ShouldBe(["a"]);
        Chosen("secret").ShouldBeEmpty();
        Near("secrets").ShouldBeEmpty();
        Near("gos").ShouldBe(["go"]);
    }

    [Fact]
    public void A_route_of_which_the_caller_may_call_nothing_leaves_the_intent_to_others()
    {
        Use([Route("go", Candidates("c"))], [Says("ours", "a", new Capability("go", "run"))]);

        Chosen("go").ShouldBe(["a"]);
    }

    [Fact]
    public void The_environment_that_was_asked_for_outranks_ways_for_every_one_and_others_are_out_of_the_question()
    {
        Use([Route("go", Candidates("a")), Route("go", Candidates("b"), environment: "prod"), Route("go", Candidates("d"), environment: "test")]);

        Chosen("go", environment: "prod").ShouldBe(["b"]);
        Chosen("go", environment: "stage").ShouldBe(["a"]);
        Chosen("go").ShouldBe(["a"]);
    }

    [Fact]
    public void The_highest_release_in_the_range_is_chosen()
    {
        Use([Route("go", Candidates("a"), version: "1.9.0"), Route("go", Candidates("b"), version: "1.10.0"), Route("go", Candidates("d"), version: "2.0.0-rc.1")]);

        Chosen("go").ShouldBe(["b"]);
        Chosen("go", version: "~1.9").ShouldBe(["a"]);
        Chosen("go", version: ">=2.0.0-rc.0").ShouldBe(["d"]);
        Chosen("go", version: "^3").ShouldBeEmpty();
    }

    [Fact]
    public void Integrations_of_one_version_take_turns_and_lower_versions_come_after_them()
    {
        Use([], [Says("one", "a", new Capability("go", "run", "2.0.0")), Says("two", "b", new Capability("go", "run", "2.0.0")), Says("old", "d", new Capability("go", "run", "1.0.0"))]);

        var rounds = Enumerable.Range(0, 4).Select(_ => string.Join("", Chosen("go"))).ToArray();

        rounds.ShouldBe(["abd", "bad", "abd", "bad"]);
    }

    [Fact]
    public void Round_robin_takes_turns_and_weights_decide_how_often_one_is_first()
    {
        Use([Route("turns", Candidates("a", "b"), balancing: "round_robin"), Route("drawn", [new("a", "run", 99), new("b", "run", 1)], balancing: "weighted_random")]);

        Enumerable.Range(0, 4).Select(_ => Chosen("turns")[0]).ShouldBe(["a", "b", "a", "b"]);
        Enumerable.Range(0, 300).Count(_ => Chosen("drawn")[0] == "a").ShouldBeGreaterThan(250);
    }

    [Fact]
    public void A_candidate_whose_breaker_is_open_comes_last()
    {
        Use([Route("go", Candidates("a", "b"))]);
        var breaker = _store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers["a"].Endpoints[0].State.Breaker;
        for (var i = 0; i < BreakerRules.Default.Failures; i++)
        {
            breaker.Failed(BreakerRules.Default, _time);
        }

        Chosen("go").ShouldBe(["b", "a"]);
        _time.Advance(TimeSpan.FromMinutes(10));
        Chosen("go").ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Routes_survive_that_a_server_is_seen_to_have_other_tools()
    {
        Use([Route("go", Candidates("a"))]);

        _store.Saw(DefaultTenant.Id, _store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers["a"].ServerId, [Snapshots.Tool("run"), Snapshots.Tool("more")], new ServerOffer(null, null, [], [], []));

        Chosen("go").ShouldBe(["a"]);
    }

    [Fact]
    public void Constants_take_the_place_of_what_the_caller_sent_and_every_other_byte_is_kept()
    {
        var constants = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"k{i}\":{i}"));
        Use([Route("go", [new("a", "run", 1, JsonDocument.Parse($$"""{"tenant":"acme",{{constants}}}""").RootElement)])]);
        var candidate = _store.Current.Registry.IntentsOf(DefaultTenant.Id).ByIntent["go"][0].Candidates[0];

        var merged = Encoding.UTF8.GetString(candidate.ArgumentsWith("""{"n":1.50,"tenant":"other"}"""u8.ToArray()).Span);

        merged.ShouldStartWith("""{"n":1.50,"tenant":"acme","k0":0""");
        merged.ShouldEndWith("\"k39\":39}");
        Encoding.UTF8.GetString(candidate.ArgumentsWith(default).Span).ShouldStartWith("""{"tenant":"acme",""");
        Encoding.UTF8.GetString(candidate.ArgumentsWith("""{"Tenant":"other","TENANT":"third","x":1}"""u8.ToArray()).Span).ShouldStartWith("""{"x":1,"tenant":"acme",""");
    }

    [Theory]
    [InlineData("""[null]""", "[]")]
    [InlineData("""[{"route_id":"00000000-0000-0000-0000-000000000001","tenant_id":"00000000-0000-0000-0000-000000000001","intent":"go","description":"","environment":"","version":"","candidates":[null]}]""", "[]")]
    [InlineData("""[{"route_id":"00000000-0000-0000-0000-000000000001","tenant_id":"00000000-0000-0000-0000-000000000001","intent":"go","description":"","environment":"","version":"","candidates":[]}]""", "[]")]
    [InlineData("[]", "[null]")]
    public void A_snapshot_with_holes_in_its_routes_is_refused(string routes, string integrations) =>
        _store.OfferRegistry(Encoding.UTF8.GetBytes($$"""{"version":1,"generated_at":"2026-01-01T00:00:00Z","servers":[],"routes":{{routes}},"integrations":{{integrations}}}"""))
            .ShouldBe(SnapshotOutcome.Refused);

    private static RouteEntry Route(string intent, RouteCandidate[] candidates, string environment = "", string version = "", string balancing = "failover") =>
        new(Guid.NewGuid(), DefaultTenant.Id, intent, "", environment, version, candidates, balancing);

    private static RouteCandidate[] Candidates(params string[] servers) => [.. servers.Select(server => new RouteCandidate(server, "run"))];

    private static IntegrationEntry Says(string name, string server, params Capability[] capabilities) => new(Guid.NewGuid(), DefaultTenant.Id, name, server, "", capabilities);

    private void Use(RouteEntry[] routes, IntegrationEntry[]? integrations = null)
    {
        _store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(1, Snapshots.Tenant(NoC)))).ShouldBe(SnapshotOutcome.Taken);
        var servers = Snapshots.Registry(1, [.. "abcd".Select(slug => Snapshots.Server(slug.ToString(), "run"))]);
        _store.OfferRegistry(Snapshots.Bytes(servers with { Routes = routes, Integrations = integrations ?? [] })).ShouldBe(SnapshotOutcome.Taken);
    }

    private string[] Chosen(string intent, string? environment = null, string? version = null)
    {
        (VersionRange.TryParse(version, out var range) || version is null).ShouldBeTrue();
        var plan = new IntentRouter(_time).Plan(_store.Current, Caller(), Now(), new IntentQuestion(intent, environment, range));
        return plan is null ? [] : [.. plan.Candidates.Select(c => c.Tool.Server.Slug)];
    }

    private IReadOnlyList<string> Near(string intent) => new IntentRouter(_time).Near(_store.Current, Caller(), Now(), intent);

    private Caller Caller() => _store.Current.Policy.Keys.Values.Single();

    private Asked Now() => new(_time.GetUtcNow(), null);
}
