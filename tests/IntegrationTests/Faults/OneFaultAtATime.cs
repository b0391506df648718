using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>Faults come one after the other and with nothing else running: what is slow then is slow because of the fault.</summary>
[CollectionDefinition(nameof(OneFaultAtATime), DisableParallelization = true)]
public sealed class OneFaultAtATime : ICollectionFixture<OnePortPlatform>;
