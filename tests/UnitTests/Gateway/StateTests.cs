using System.Text;
using McpPlatform.Contracts.Policy;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class StateTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly RecordingObserver _observer = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nobody_authenticates_before_the_first_snapshot()
    {
        ApiKeys.Authenticate(Store().Current, Snapshots.Key, _time, out _).ShouldBe(AuthenticationOutcome.NotReady);
    }

    [Fact]
    public void A_key_is_known_by_its_hash_until_it_expires()
    {
        var store = Store();
        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(1, Snapshots.Tenant(keys: Snapshots.Grant(expires: _time.GetUtcNow().AddMinutes(1))))));

        ApiKeys.Authenticate(store.Current, Snapshots.Key, _time, out var caller).ShouldBe(AuthenticationOutcome.Authenticated);
        caller!.Subject.ShouldBe("alice");
        caller.TenantId.ShouldBe(DefaultTenant.Id);
        ApiKeys.Authenticate(store.Current, "", _time, out _).ShouldBe(AuthenticationOutcome.Missing);
        ApiKeys.Authenticate(store.Current, Snapshots.Key[..^1] + "B", _time, out _).ShouldBe(AuthenticationOutcome.Invalid);
        ApiKeys.Authenticate(store.Current, new string('x', 100_000), _time, out _).ShouldBe(AuthenticationOutcome.Invalid);

        _time.Advance(TimeSpan.FromMinutes(1));
        ApiKeys.Authenticate(store.Current, Snapshots.Key, _time, out caller).ShouldBe(AuthenticationOutcome.Invalid);
        caller.ShouldBeNull();
    }

    [Fact]
    public void A_key_of_an_inactive_tenant_or_shared_by_two_tenants_authenticates_nobody()
    {
        var inactive = Store();
        inactive.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(1, Snapshots.Tenant(active: false))));
        ApiKeys.Authenticate(inactive.Current, Snapshots.Key, _time, out _).ShouldBe(AuthenticationOutcome.Invalid);

        _observer.Events.ShouldNotContain("policy malformed");
        var shared = Store();
        shared.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(1, Snapshots.Tenant(), Snapshots.Tenant(id: Guid.NewGuid(), slug: "other"))));
        ApiKeys.Authenticate(shared.Current, Snapshots.Key, _time, out _).ShouldBe(AuthenticationOutcome.Invalid);
        _observer.Events.ShouldContain("policy malformed");
    }

    [Theory]
    [InlineData(""), InlineData("garbage"), InlineData("null"), InlineData("{}"), InlineData("[]"), InlineData("""{"version":9,"generated_at":"2026-01-01T00:00:00Z","tenants":[]}""")]
    [InlineData("""{"version":9,"generated_at":"2026-01-01T00:00:00Z","tenants":null}"""), InlineData("""{"version":9,"generated_at":"2026-01-01T00:00:00Z","tenants":[null]}""")]
    [InlineData("""{"version":9,"generated_at":"2026-01-01T00:00:00Z","tenants":[{"tenant_id":"00000000-0000-7000-8000-000000000001","slug":"a","active":true,"keys":[]}]}""")]
    public void A_policy_snapshot_that_is_none_changes_nothing_and_is_counted(string content)
    {
        var store = Store();
        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(3))).ShouldBe(SnapshotOutcome.Taken);
        var before = store.Current;

        store.OfferPolicy(Encoding.UTF8.GetBytes(content)).ShouldBe(SnapshotOutcome.Refused);

        store.Current.ShouldBeSameAs(before);
        store.Refused.ShouldBe(1);
    }

    [Fact]
    public void Versions_never_go_back()
    {
        var store = Store();
        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(5))).ShouldBe(SnapshotOutcome.Taken);
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(7))).ShouldBe(SnapshotOutcome.Taken);

        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(4))).ShouldBe(SnapshotOutcome.Refused);
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(6))).ShouldBe(SnapshotOutcome.Refused);
        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(5))).ShouldBe(SnapshotOutcome.Confirmed);

        (store.Current.Policy.Version, store.Current.Registry.Version).ShouldBe((5, 7));
    }

    [Fact]
    public void A_cold_start_goes_on_with_the_last_good_snapshots_and_knows_their_age()
    {
        var first = Store();
        first.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(5)));
        first.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(7, Snapshots.Server("files", "read"))));
        _time.Advance(TimeSpan.FromMinutes(10));

        var second = Store();
        second.LoadFromDisk();

        second.Current.IsReady.ShouldBeTrue();
        second.Current.Registry.RoutesOf(DefaultTenant.Id).ByName.ShouldContainKey("files__read");
        second.PolicyAge(second.Current).ShouldBe(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1));

        second.ConfirmPolicy();
        second.PolicyAge(second.Current).ShouldBe(TimeSpan.Zero);
        var third = Store();
        third.LoadFromDisk();
        third.PolicyAge(third.Current).ShouldBeLessThan(TimeSpan.FromSeconds(1), "the confirmation is on disk");
    }

    [Fact]
    public void A_broken_file_is_a_cold_start_without_snapshot_and_is_replaced_by_the_next_good_one()
    {
        File.WriteAllText(_folder.File("policy.json"), "{");
        var store = Store();
        store.LoadFromDisk();

        store.Current.ShouldBe(GatewayState.Empty);
        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(1))).ShouldBe(SnapshotOutcome.Taken);
        File.ReadAllBytes(_folder.File("policy.json")).ShouldBe(Snapshots.Bytes(Snapshots.Policy(1)));
    }

    [Fact]
    public void A_disk_that_refuses_does_not_keep_a_snapshot_from_ruling()
    {
        Directory.CreateDirectory(_folder.File("policy.json"));

        Store().OfferPolicy(Snapshots.Bytes(Snapshots.Policy(1))).ShouldBe(SnapshotOutcome.Taken);

        _observer.Events.ShouldContain("policy not kept");
    }

    [Fact]
    public void Two_servers_under_one_slug_are_refused()
    {
        var twin = Snapshots.Server("files", "read") with { ServerId = Guid.NewGuid() };

        Store().OfferRegistry(Snapshots.Bytes(Snapshots.Registry(1, Snapshots.Server("files", "read"), twin))).ShouldBe(SnapshotOutcome.Refused);
    }

    [Fact]
    public void A_snapshot_that_cannot_be_compiled_is_refused_and_the_next_one_rules()
    {
        var store = Store();
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(1, Snapshots.Server("files", "read"))));
        var before = store.Current;
        var sameId = Snapshots.Server("other") with { ServerId = Snapshots.Server("files").ServerId };

        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(2, Snapshots.Server("files"), sameId))).ShouldBe(SnapshotOutcome.Refused);

        store.Current.ShouldBeSameAs(before);
        _observer.Events.ShouldContain("registry unreadable");
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(3, Snapshots.Server("files")))).ShouldBe(SnapshotOutcome.Taken);
    }

    [Fact]
    public void What_is_seen_of_a_server_and_cannot_be_compiled_changes_nothing()
    {
        var store = Store();
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(1, Snapshots.Server("files", "read"))));
        var before = store.Current;

        store.Saw(DefaultTenant.Id, Snapshots.Server("files").ServerId, [new("odd", "", default)], new(null, null, [], [], [])).ShouldBeFalse();

        store.Current.ShouldBeSameAs(before);
        _observer.Events.ShouldContain("registry unreadable");
    }

    [Fact]
    public void Tools_are_listed_under_both_names_with_every_other_byte_kept()
    {
        var routes = Routes(Snapshots.Server("b", "zeta", "alpha"), Snapshots.Server("a", "x") with { Enabled = false }, Snapshots.Server("a-b", "x"));

        routes.Tools.Select(tool => tool.Aggregated).ShouldBe(["a-b__x", "b__alpha", "b__zeta"]);
        Encoding.UTF8.GetString(routes.ByName["b__zeta"].Definition.Span).ShouldBe("""{"name":"zeta","x":9007199254740993.0,"inputSchema":{"type":"object"}}""");
        Encoding.UTF8.GetString(routes.ByName["b__zeta"].AggregatedDefinition.Span)
            .ShouldBe("""{"name":"b__zeta","x":9007199254740993.0,"inputSchema":{"type":"object"}}""");
    }

    [Fact]
    public void Aggregated_names_fit_and_say_which_tool_they_mean()
    {
        var exact = new string('t', 64 - 3);
        AggregatedName.Of("s", exact).ShouldBe("s__" + exact);
        AggregatedName.Of("s", exact + "1").Length.ShouldBe(64);
        AggregatedName.Of("s", exact + "1").ShouldNotBe(AggregatedName.Of("s", exact + "2"));
        AggregatedName.Of("s", "a b/ü").ShouldMatch("^s__a_b___[0-9a-f]{8}$");
    }

    [Fact]
    public void Tools_that_want_one_name_get_others_each_and_none_keeps_it()
    {
        var odd = "a b";
        var taken = AggregatedName.Of("s", odd)["s__".Length..];

        var routes = Routes(Snapshots.Server("s", odd, taken));

        routes.Tools.Length.ShouldBe(2);
        routes.ByName.ShouldNotContainKey("s__" + taken);
        routes.Tools.ShouldAllBe(tool => tool.Aggregated.Length <= 64);
    }

    [Fact]
    public void A_key_keeps_what_is_left_of_its_rate_when_the_policy_changes()
    {
        var store = Store();
        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(1)));
        ApiKeys.Authenticate(store.Current, Snapshots.Key, _time, out var before);
        Enumerable.Range(0, 300).Count(_ => before!.Rate.TryTake(_time, out var _)).ShouldBe(200);

        store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(2)));

        ApiKeys.Authenticate(store.Current, Snapshots.Key, _time, out var after);
        after!.Rate.TryTake(_time, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_bucket_gives_its_burst_then_its_rate_and_says_when_to_come_back()
    {
        var bucket = new TokenBucket();
        var limit = new RateLimit(10, 5);

        Enumerable.Range(0, 10).Count(_ => bucket.TryTake(limit, _time, out var _, out var _)).ShouldBe(5);
        bucket.TryTake(limit, _time, out var wait, out _).ShouldBeFalse();
        wait.ShouldBe(TimeSpan.FromMilliseconds(100));

        _time.Advance(TimeSpan.FromMilliseconds(250));
        Enumerable.Range(0, 10).Count(_ => bucket.TryTake(limit, _time, out var _, out var _)).ShouldBe(2);

        _time.Advance(TimeSpan.FromDays(1));
        Enumerable.Range(0, 10).Count(_ => bucket.TryTake(limit, _time, out var _, out var _)).ShouldBe(5);
    }

    private TenantRoutes Routes(params McpPlatform.Contracts.Registry.ServerEntry[] servers)
    {
        var store = Store();
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(1, servers))).ShouldBe(SnapshotOutcome.Taken);
        return store.Current.Registry.RoutesOf(DefaultTenant.Id);
    }

    private GatewayStateStore Store() => new(new SnapshotFiles(_folder.Path, _time), _observer, _time);
}
