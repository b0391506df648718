using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.IntegrationTests.Scenarios.Distributed;

// The scenarios are written once; this is where they run on five processes over RabbitMQ.

public sealed class Calls(SharedDistributed shared) : CallScenarios(shared);

public sealed class Policys(SharedDistributed shared) : PolicyScenarios(shared);

public sealed class Catalogs(SharedDistributed shared) : CatalogScenarios(shared);

public sealed class HostileInputs(SharedDistributed shared) : HostileInputScenarios(shared);

public sealed class Secrets(SharedDistributed shared) : SecretScenarios(shared);

public sealed class Packs() : PackScenarios(new DistributedForm());

public sealed class Faults() : FaultScenarios(new DistributedForm());

public sealed class Limits() : LimitScenarios(new DistributedForm());
