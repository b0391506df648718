using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios.Wire;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Standalone;

// The scenarios are written once; this is where they run on one process.

public sealed class Calls(SharedStandalone shared) : CallScenarios(shared);

public sealed class Caches(SharedStandalone shared) : CacheScenarios(shared);

public sealed class Doctors(SharedStandalone shared) : DoctorScenarios(shared);

public sealed class Aggregating(SharedStandalone shared) : AggregatedServers(shared);

public sealed class Aggregated(Aggregating servers) : AggregationScenarios(servers), IClassFixture<Aggregating>;

public sealed class Conformance(SharedStandalone shared) : ConformanceScenarios(shared);

public sealed class StreamFaults(SharedStandalone shared) : StreamFaultScenarios(shared);

public sealed class Watches(SharedStandalone shared) : WatchScenarios(shared);

public sealed class Definitions(SharedStandalone shared) : DefinitionScenarios(shared);

public sealed class Profiled(SharedStandalone shared) : ProfileScenarios(shared);

public sealed class Subregistries(SharedStandalone shared) : SubregistryScenarios(shared);

public sealed class Routed(SharedStandalone shared) : RouteScenarios(shared);

public sealed class PlainClients(SharedStandalone shared) : ClientApiScenarios(shared);

public sealed class Versions(SharedStandalone shared) : ApiVersionScenarios(shared);

public sealed class Standings(SharedStandalone shared) : StandingScenarios(shared);

public sealed class Resources(SharedStandalone shared) : ResourceScenarios(shared);

public sealed class Replicas(SharedStandalone shared) : ReplicaScenarios(shared);

public sealed class Transported(SharedStandalone shared) : TransportScenarios(shared);

public sealed class Attempted(SharedStandalone shared) : AttemptScenarios(shared);

public sealed class Balanced(SharedStandalone shared) : BalancingScenarios(shared);

public sealed class Breakers(SharedStandalone shared) : BreakerScenarios(shared);

public sealed class Policies(SharedStandalone shared) : PolicyScenarios(shared);

public sealed class Catalogs(SharedStandalone shared) : CatalogScenarios(shared);

public sealed class HostileInputs(SharedStandalone shared) : HostileInputScenarios(shared);

public sealed class Hurt() : HurtPlatform(new StandaloneForm());

[CollectionDefinition]
public sealed class Hurting : ICollectionFixture<Hurt>;

[Collection<Hurting>]
public sealed class Drained(Hurt platform) : DrainScenarios(platform);

[Collection<Hurting>]
public sealed class Packs(Hurt platform) : PackScenarios(platform);

[Collection<Hurting>]
public sealed class Faults(Hurt platform) : FaultScenarios(platform);

public sealed class Besieging() : HostilePlatform(new StandaloneForm());

public sealed class Hostile(Besieging besieging) : HostileUpstreamScenarios(besieging), IClassFixture<Besieging>;

public sealed class MalformedInputs(SharedStandalone shared) : MalformedInputScenarios(shared);

public sealed class Secrets(SharedStandalone shared) : SecretScenarios(shared);

public sealed class Configuring() : ConfiguredPlatform(new StandaloneForm());

public sealed class Configured(Configuring configuring) : ConfigurationScenarios(configuring), IClassFixture<Configuring>;

public sealed class Limiting() : LimitedPlatform(new StandaloneForm());

public sealed class Limits(Limiting limiting) : LimitScenarios(limiting), IClassFixture<Limiting>;

public sealed class Limited(SharedStandalone shared) : LimitedScenarios(shared);

public sealed class Pages(SharedStandalone shared) : PageScenarios(shared);

public sealed class Measuring() : MeasuredPlatform(new StandaloneForm());

public sealed class Measured(Measuring measuring) : MeasuredScenarios(measuring), IClassFixture<Measuring>;

public sealed class Supervising() : SupervisedPlatform(new StandaloneForm());

[CollectionDefinition]
public sealed class Supervision : ICollectionFixture<Supervising>;

[Collection<Supervision>]
public sealed class Supervised(Supervising supervising) : SupervisedScenarios(supervising);

[Collection<Supervision>]
public sealed class SharedCaches(Supervising supervising) : SharedCacheScenarios(supervising);

public sealed class Traces(SharedStandalone shared) : TraceScenarios(shared);

public sealed class Inspected() : InspectedPlatform(new StandaloneForm());

[CollectionDefinition]
public sealed class Inspecting : ICollectionFixture<Inspected>;

[Collection<Inspecting>]
public sealed class Trusts(Inspected platform) : TrustScenarios(platform);

[Collection<Inspecting>]
public sealed class TraceExports(Inspected platform) : TraceExportScenarios(platform);

public sealed class TenantWalls(SharedStandalone shared) : TenantWallScenarios(shared);

public sealed class ToolSets(SharedStandalone shared) : ToolSetScenarios(shared);

public sealed class WireBridges(SharedStandalone shared, StandaloneWire wire) : BridgeScenarios(shared, wire);

public sealed class WireTransparency(SharedStandalone shared, StandaloneWire wire) : TransparencyScenarios(shared, wire);

public sealed class WireRules(SharedStandalone shared, StandaloneWire wire) : RuleScenarios(shared, wire);

public sealed class WireSessions(SharedStandalone shared, StandaloneWire wire) : SessionScenarios(shared, wire);

public sealed class WireLevels(SharedStandalone shared, StandaloneWire wire) : LevelScenarios(shared, wire);

public sealed class WireUpstreams(SharedStandalone shared, StandaloneWire wire) : UpstreamScenarios(shared, wire);

public sealed class WireChanges(SharedStandalone shared, StandaloneWire wire) : ChangeScenarios(shared, wire);

public sealed class WireOffers(SharedStandalone shared, StandaloneWire wire) : OfferScenarios(shared, wire);

public sealed class WireStates(SharedStandalone shared, StandaloneWire wire) : StateScenarios(shared, wire);
