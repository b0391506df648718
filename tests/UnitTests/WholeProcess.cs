using Xunit;

namespace McpPlatform.UnitTests;

/// <summary>For tests that count what the whole process holds: nothing else may run meanwhile.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class WholeProcess;
