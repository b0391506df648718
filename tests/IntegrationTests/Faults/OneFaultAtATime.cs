using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>
/// Faults that come one after the other and with nothing else running: those whose claims depend on how fast the machine is, as calls come at a fixed rate or sessions end when they are
/// idle for two seconds. All others have a platform of their own, on which nothing else happens, and bounds that tell late from never.
/// </summary>
[CollectionDefinition(nameof(OneFaultAtATime), DisableParallelization = true)]
public sealed class OneFaultAtATime : ICollectionFixture<OnePortPlatform>;
