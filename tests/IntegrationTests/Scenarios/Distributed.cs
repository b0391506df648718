using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios.Wire;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Distributed;

// The scenarios are written once; this is where they run on five processes over RabbitMQ.

public sealed class Calls(SharedDistributed shared) : CallScenarios(shared);

public sealed class Caches(SharedDistributed shared) : CacheScenarios(shared);

public sealed class Doctors(SharedDistributed shared) : DoctorScenarios(shared);

public sealed class Aggregating(SharedDistributed shared) : AggregatedServers(shared);

public sealed class Aggregated(Aggregating servers) : AggregationScenarios(servers), IClassFixture<Aggregating>;

public sealed class Conformance(SharedDistributed shared) : ConformanceScenarios(shared);

public sealed class StreamFaults(SharedDistributed shared) : StreamFaultScenarios(shared);

public sealed class Watches(SharedDistributed shared) : WatchScenarios(shared);

public sealed class Definitions(SharedDistributed shared) : DefinitionScenarios(shared);

public sealed class Profiled(SharedDistributed shared) : ProfileScenarios(shared);

public sealed class Subregistries(SharedDistributed shared) : SubregistryScenarios(shared);

public sealed class Routed(SharedDistributed shared) : RouteScenarios(shared);

public sealed class PlainClients(SharedDistributed shared) : ClientApiScenarios(shared);

public sealed class Versions(SharedDistributed shared) : ApiVersionScenarios(shared);

public sealed class Standings(SharedDistributed shared) : StandingScenarios(shared);

public sealed class Resources(SharedDistributed shared) : ResourceScenarios(shared);

public sealed class Replicas(SharedDistributed shared) : ReplicaScenarios(shared);

public sealed class Transported(SharedDistributed shared) : TransportScenarios(shared);

public sealed class Attempted(SharedDistributed shared) : AttemptScenarios(shared);

public sealed class Balanced(SharedDistributed shared) : BalancingScenarios(shared);

public sealed class Breakers(SharedDistributed shared) : BreakerScenarios(shared);

public sealed class Policies(SharedDistributed shared) : PolicyScenarios(shared);

public sealed class Catalogs(SharedDistributed shared) : CatalogScenarios(shared);

public sealed class HostileInputs(SharedDistributed shared) : HostileInputScenarios(shared);

public sealed class Hurt() : HurtPlatform(new DistributedForm());

[CollectionDefinition]
public sealed class Hurting : ICollectionFixture<Hurt>;

[Collection<Hurting>]
public sealed class Drained(Hurt platform) : DrainScenarios(platform);

[Collection<Hurting>]
public sealed class Packs(Hurt platform) : PackScenarios(platform);

[Collection<Hurting>]
public sealed class Faults(Hurt platform) : FaultScenarios(platform);

public sealed class Besieging() : HostilePlatform(new DistributedForm());

public sealed class Hostile(Besieging besieging) : HostileUpstreamScenarios(besieging), IClassFixture<Besieging>;

public sealed class MalformedInputs(SharedDistributed shared) : MalformedInputScenarios(shared);

public sealed class Secrets(SharedDistributed shared) : SecretScenarios(shared);

public sealed class Configuring() : ConfiguredPlatform(new DistributedForm());

public sealed class Configured(Configuring configuring) : ConfigurationScenarios(configuring), IClassFixture<Configuring>;

public sealed class Limiting() : LimitedPlatform(new DistributedForm());

public sealed class Limits(Limiting limiting) : LimitScenarios(limiting), IClassFixture<Limiting>;

public sealed class Limited(SharedDistributed shared) : LimitedScenarios(shared);

public sealed class Pages(SharedDistributed shared) : PageScenarios(shared);

public sealed class Measuring() : MeasuredPlatform(new DistributedForm());

public sealed class Measured(Measuring measuring) : MeasuredScenarios(measuring), IClassFixture<Measuring>;

public sealed class Supervising() : SupervisedPlatform(new DistributedForm(gateways: 2));

[CollectionDefinition]
public sealed class Supervision : ICollectionFixture<Supervising>;

[Collection<Supervision>]
public sealed class Supervised(Supervising supervising) : SupervisedScenarios(supervising);

[Collection<Supervision>]
public sealed class SharedCaches(Supervising supervising) : SharedCacheScenarios(supervising);

public sealed class Traces(SharedDistributed shared) : TraceScenarios(shared);

public sealed class Inspected() : InspectedPlatform(new DistributedForm());

[CollectionDefinition]
public sealed class Inspecting : ICollectionFixture<Inspected>;

[Collection<Inspecting>]
public sealed class Trusts(Inspected platform) : TrustScenarios(platform);

[Collection<Inspecting>]
public sealed class TraceExports(Inspected platform) : TraceExportScenarios(platform);

public sealed class TenantWalls(SharedDistributed shared) : TenantWallScenarios(shared);

public sealed class ToolSets(SharedDistributed shared) : ToolSetScenarios(shared);

public sealed class WireBridges(SharedDistributed shared, DistributedWire wire) : BridgeScenarios(shared, wire);

public sealed class WireTransparency(SharedDistributed shared, DistributedWire wire) : TransparencyScenarios(shared, wire);

public sealed class WireRules(SharedDistributed shared, DistributedWire wire) : RuleScenarios(shared, wire);

public sealed class WireSessions(SharedDistributed shared, DistributedWire wire) : SessionScenarios(shared, wire);

public sealed class WireLevels(SharedDistributed shared, DistributedWire wire) : LevelScenarios(shared, wire);

public sealed class WireUpstreams(SharedDistributed shared, DistributedWire wire) : UpstreamScenarios(shared, wire);

public sealed class WireChanges(SharedDistributed shared, DistributedWire wire) : ChangeScenarios(shared, wire);

public sealed class WireOffers(SharedDistributed shared, DistributedWire wire) : OfferScenarios(shared, wire);

public sealed class WireStates(SharedDistributed shared, DistributedWire wire) : StateScenarios(shared, wire);
