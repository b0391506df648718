using McpPlatform.IntegrationTests;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace McpPlatform.IntegrationTests;

/// <summary>
/// Collections that take minutes begin before those that take seconds, so that at the end no lane works alone for long. Between two long ones come the classes of the shared platforms: those that
/// are not named here keep their order.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <summary>The end of a collection's name before its id, longest first.</summary>
    private static readonly string[] Long =
    [
        "Faults.Crashes", "Distributed.Hurting", "Standalone.Hostile", "Distributed.Hostile", "Faults.ClockFaults", "Faults.LinkFaults", "Faults.DiskFaults", "Distributed.Inspecting",
        "Distributed.Supervision", "Standalone.Hurting", "Standalone.Supervision", "Messaging.CrashMatrixTests", "Corpus.CorpusTests", "Distributed.TenantWalls", "Distributed.Measured",
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(collection => Place(collection))];

    private static int Place(ITestCollection collection) =>
        Array.FindIndex(Long, name => $"{collection.TestCollectionDisplayName} ".Contains($".{name} ", StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length;
}
