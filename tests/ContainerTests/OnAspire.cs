using McpPlatform.ContainerTests;
using McpPlatform.IntegrationTests.Scenarios;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedAspire))]

namespace McpPlatform.ContainerTests;

// The scenarios are written once; this is where they run on what the AppHost composes.

public sealed class SharedAspire() : SharedPlatform(new AspireForm());

public sealed class Calls(SharedAspire shared) : CallScenarios(shared);

public sealed class Policies(SharedAspire shared) : PolicyScenarios(shared);

public sealed class Catalogs(SharedAspire shared) : CatalogScenarios(shared);

public sealed class HostileInputs(SharedAspire shared) : HostileInputScenarios(shared);
